// A worker thread that leaves without a word.
process.exit(3);
