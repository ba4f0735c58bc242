// A worker thread with a fault.
throw new Error('out of order');
