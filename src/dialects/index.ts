/** What a request line and a result line may be, per dialect. Other rooms import from here only. */
export { checkLine, LineChecker, type LineVerdict } from './checkLine';
export { convertLine, type Conversion, type ConvertOptions } from './convert';
export { compiledMessage, type CompiledField, type CompiledMessage, type CompiledShape } from './compiled';
export { descriptors, lineMessage, messageNamed } from './descriptors';
export {
  commonFacts,
  duplicateKeyProblem,
  encodingProblem,
  layoutProblem,
  maxFileBytes,
  maxInlineBytes,
  nextKey,
  oddFactProblem,
  sizeProblem,
  spreadProblem,
  variantOfKey,
  type CommonFact,
  type LinePlace,
} from './fileRules';
export { fixesFor, fixLine } from './fixes';
export { applyEdits } from './fixes/textEdits';
export { lineKindOf } from './lineKind';
export { severityOf } from './locate';
export { locateKey, type LocatedString } from './locateFacts';
export type { EnumValues, FieldDescriptor, MessageDescriptor, ScalarType, Shape } from './model';
export { toCamelCase, toSnakeCase } from './names';
export type {
  CheckContext,
  FixContext,
  FileReferenceState,
  LineCheck,
  LineFix,
  LineKind,
  Mend,
  PathSegment,
  Problem,
  RelatedPlace,
  RuleSettings,
  Severity,
  Span,
  TextEdit,
} from './problem';
export { detectKind, detectLayout, type FileLayout } from './probe';
export { findProtoViolations, type ProtoViolation, type ProtoViolationKind } from './protoViolations';
export { schemaRefusals } from './schemaRefusals';
export { resolveFrom, resolvePath, type Place } from './resolve';
export {
  joinLines,
  opensObject,
  spreadObject,
  SpreadObject,
  type SpreadLines,
  type SpreadState,
} from './spread';
export { toJsonLines } from './toJsonLines';
export { ruleCodes, rules, type RuleCode } from './rules';
export { elidedBase64, estimateText } from './tokens';
export { weighLine } from './weigh';
export { fileNameIn, fileStates, type KnownFiles } from './knownFiles';
