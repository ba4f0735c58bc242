/** How a connection is called, for people. The id of one from the settings is its name. */
export function connectionLabel(id: string): string {
  return id === 'gemini' ? 'Gemini' : id === 'sandbox' ? 'Sandbox' : id;
}
