import type { MessageDescriptor } from '../model';
import { bool, bytes, double, duration, field, listOf, message, of, oneOf, struct, text } from './build';

const outcomes = {
  OUTCOME_UNSPECIFIED: 'Not set.',
  OUTCOME_OK: 'The code ran to its end.',
  OUTCOME_FAILED: 'The code failed; the output holds what it wrote to stderr.',
  OUTCOME_DEADLINE_EXCEEDED: 'The code ran for too long and was stopped.',
};

const toolTypes = {
  TOOL_TYPE_UNSPECIFIED: 'Not set.',
  GOOGLE_SEARCH_WEB: 'Web search.',
  GOOGLE_SEARCH_IMAGE: 'Image search.',
  URL_CONTEXT: 'Reading of web pages.',
  GOOGLE_MAPS: 'Places from Google Maps.',
  FILE_SEARCH: 'Search in uploaded files.',
};

/** MIME types that models read; any other may be written too. */
export const mediaTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/heic',
  'image/heif',
  'image/gif',
  'image/avif',
  'application/pdf',
  'text/plain',
  'text/html',
  'text/csv',
  'text/markdown',
  'audio/mpeg',
  'audio/mp3',
  'audio/wav',
  'audio/flac',
  'audio/ogg',
  'audio/aac',
  'audio/aiff',
  'video/mp4',
  'video/mpeg',
  'video/quicktime',
  'video/webm',
] as const;

/** The part's data: exactly one of these. */
const data = { oneof: 'data' } as const;

export const contentMessages: readonly MessageDescriptor[] = [
  message('Content', 'One turn of a conversation: who speaks, and what, in parts.', [
    field('parts', listOf(of('Part')), 'What is said, in order: text, images, files, calls.', {
      required: true,
    }),
    field('role', text, 'Who speaks: user or model. May be left out in a single-turn request.', {
      suggest: ['user', 'model'],
    }),
  ]),
  message('Part', 'A piece of a turn. It holds one kind of data.', [
    field('audioTranscription', struct, 'Transcript of an audio part. Known to newer clients only.'),
    field('codeExecutionResult', of('CodeExecutionResult'), 'What running the model’s code gave.', data),
    field('executableCode', of('ExecutableCode'), 'Code that the model wrote to be run.', data),
    field('fileData', of('FileData'), 'A file that was uploaded before, by its address.', data),
    field(
      'functionCall',
      of('FunctionCall'),
      'A call of one of your functions, as the model asked for it.',
      data,
    ),
    field('functionResponse', of('FunctionResponse'), 'Your function’s answer to a call.', data),
    field(
      'inlineData',
      of('Blob'),
      'Bytes inside the line itself, as base64: an image, a sound, a PDF.',
      data,
    ),
    field(
      'mediaProcessing',
      oneOf({
        MEDIA_PROCESSING_UNSPECIFIED: 'The model chooses.',
        STATIC: 'Frames at a fixed rate, all of them in the context.',
        AGENTIC: 'The model looks where it wants to.',
      }),
      'How the model goes through a video. Ignored for anything else.',
    ),
    field('mediaResolution', of('V1mainMediaResolution'), 'How finely this picture or video is read.'),
    field('partMetadata', struct, 'Notes of your own on this part, e.g. the file it came from.'),
    field('speechMetadata', struct, 'Facts about a speech part. Known to newer clients only.'),
    field('text', text, 'Plain text.', data),
    field('thought', bool, 'Marks the part as one of the model’s thoughts.'),
    field('thoughtSignature', bytes, 'Opaque proof of a thought, sent back as it was received.'),
    field(
      'toolCall',
      of('ToolCall'),
      'A call of a tool that runs at the service; send it back unchanged.',
      data,
    ),
    field('toolResponse', of('ToolResponse'), 'What a tool at the service gave.', data),
    field('videoMetadata', of('VideoMetadata'), 'Which stretch of a video to read, and how densely.'),
  ]),
  message('Blob', 'Bytes with their type.', [
    field('data', bytes, 'The bytes as base64, without a `data:` prefix.', { required: true }),
    field('mimeType', text, 'What the bytes are, e.g. image/png.', { required: true, suggest: mediaTypes }),
  ]),
  message('FileData', 'A reference to an uploaded file.', [
    field('fileUri', text, 'The file’s `uri` as the Files API gave it. Uploaded files live for 48 hours.', {
      required: true,
    }),
    field('mimeType', text, 'What the file is, e.g. image/jpeg.', { suggest: mediaTypes }),
  ]),
  message('FunctionCall', 'A call of a function.', [
    field('args', struct, 'Arguments by name.'),
    field('id', text, 'Tells calls apart; the response repeats it.'),
    field('name', text, 'The function’s name: letters, digits, underscores, dashes; 128 at most.', {
      required: true,
    }),
  ]),
  message('FunctionResponse', 'The result of a function call.', [
    field('id', text, 'The id of the call that this answers.'),
    field('name', text, 'The function’s name.', { required: true }),
    field('parts', listOf(of('FunctionResponsePart')), 'Media that belong to the result.'),
    field('response', struct, 'The result as an object, usually with `output` or `error`.', {
      required: true,
    }),
    field(
      'scheduling',
      oneOf({
        SCHEDULING_UNSPECIFIED: 'Not set; the same as WHEN_IDLE.',
        SILENT: 'Only add it to the context.',
        WHEN_IDLE: 'Add it, and answer when nothing else is being said.',
        INTERRUPT: 'Add it, and answer at once.',
      }),
      'When the model reacts to the result of a call that did not block.',
    ),
    field('willContinue', bool, 'Whether more results of the same call will follow.'),
  ]),
  message('FunctionResponsePart', 'A medium in a function’s result.', [
    field('inlineData', of('FunctionResponseBlob'), 'Its bytes.'),
  ]),
  message('FunctionResponseBlob', 'Bytes in a function’s result.', [
    field('data', bytes, 'The bytes as base64.', { required: true }),
    field('mimeType', text, 'What the bytes are, e.g. image/png.', { required: true, suggest: mediaTypes }),
  ]),
  message('ExecutableCode', 'Code that the model wrote.', [
    field('code', text, 'The source text.', { required: true }),
    field('id', text, 'Tells pieces of code apart; the result repeats it.'),
    field(
      'language',
      oneOf({ LANGUAGE_UNSPECIFIED: 'Not set.', PYTHON: 'Python with numpy and simpy.' }),
      'The programming language.',
      { required: true },
    ),
  ]),
  message('CodeExecutionResult', 'The outcome of code that ran.', [
    field('id', text, 'The id of the code that this is the result of.'),
    field('outcome', oneOf(outcomes), 'How it ended.', { required: true }),
    field('output', text, 'What it printed, or the error.'),
  ]),
  message('ToolCall', 'A call of a tool at the service.', [
    field('args', struct, 'Arguments by name.'),
    field('id', text, 'Tells calls apart; the response repeats it.'),
    field('toolName', text, 'The tool’s name.'),
    field('toolType', oneOf(toolTypes), 'Which tool.', { required: true }),
  ]),
  message('ToolResponse', 'The result of a tool at the service.', [
    field('id', text, 'The id of the call that this answers.'),
    field('response', struct, 'The result.'),
    field('toolType', oneOf(toolTypes), 'Which tool; the same as in the call.', { required: true }),
  ]),
  message('VideoMetadata', 'Which stretch of a video is read.', [
    field('endOffset', duration, 'Where to stop, e.g. "90s".'),
    field('fps', double, 'Frames a second.', { default: '1', min: 0, exclusiveMin: true, max: 24 }),
    field('startOffset', duration, 'Where to begin, e.g. "12.5s".'),
  ]),
  message('V1mainMediaResolution', 'How finely a medium is read.', [
    field(
      'level',
      oneOf({
        MEDIA_RESOLUTION_UNSPECIFIED: 'The model’s default.',
        MEDIA_RESOLUTION_LOW: 'Few tokens, coarse.',
        MEDIA_RESOLUTION_MEDIUM: 'In between.',
        MEDIA_RESOLUTION_HIGH: 'Many tokens, fine.',
        MEDIA_RESOLUTION_ULTRA_HIGH: 'The most tokens, finest.',
      }),
      'Tokens spent on this part.',
    ),
  ]),
];
