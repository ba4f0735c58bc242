export type { SyntaxFault } from './fault';
export { syntaxFaults } from './reader';
