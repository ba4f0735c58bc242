/**
 * Makes `create` run at the first call and hands its result to every later one. A failure is not kept: the next call tries
 * again.
 */
export function lazy<T>(create: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (made === undefined) {
      const mine = create();
      made = mine;
      mine.catch(() => {
        if (made === mine) made = undefined;
      });
    }
    return made;
  };
}
