import type { MessageDescriptor } from '../model';
import { bool, field, float, int32, listOf, mapOf, message, of, oneOf, text, value } from './build';

const deliveries = oneOf({
  DELIVERY_UNSPECIFIED: 'The service chooses.',
  INLINE: 'Inside the answer, as base64.',
  URI: 'As a reference to a file.',
});

export const generationMessages: readonly MessageDescriptor[] = [
  message('GenerateContentRequest', 'One request to a generative model.', [
    field(
      'cachedContent',
      text,
      'A cache made before: `cachedContents/…`. It brings its system instruction and tools along.',
    ),
    field('contents', listOf(of('Content')), 'The conversation so far; the last turn is what is asked.', {
      required: true,
    }),
    field('continuationToken', text, 'Goes on with an answer that was cut. Known to newer clients only.'),
    field('generationConfig', of('GenerationConfig'), 'How the answer is made: sampling, length, form.'),
    field('labels', mapOf(text), 'Labels for billing. Known to newer clients only.'),
    field(
      'model',
      text,
      '`models/…`. Leave it out in a batch file: the job decides the model for all lines.',
    ),
    field(
      'safetySettings',
      listOf(of('SafetySetting')),
      'At which risk answers are blocked, for each category once.',
    ),
    field(
      'serviceTier',
      oneOf({
        unspecified: 'The service’s default.',
        standard: 'The usual tier.',
        flex: 'Cheaper, slower.',
        priority: 'Faster, dearer.',
      }),
      'The tier the request runs in. Batches have a rate of their own: leave it out.',
    ),
    field('store', bool, 'Whether the request may be logged; overrules the project’s setting.'),
    field(
      'systemInstruction',
      of('Content'),
      'What the model should heed throughout: a content with text parts.',
    ),
    field('toolConfig', of('ToolConfig'), 'How the tools may be used.'),
    field('tools', listOf(of('Tool')), 'What the model may use: functions, search, code.'),
  ]),
  message('SafetySetting', 'At which risk one category is blocked.', [
    field(
      'category',
      oneOf({
        HARM_CATEGORY_UNSPECIFIED: 'Not set.',
        HARM_CATEGORY_HARASSMENT: 'Harassment.',
        HARM_CATEGORY_HATE_SPEECH: 'Hate speech.',
        HARM_CATEGORY_SEXUALLY_EXPLICIT: 'Sexually explicit.',
        HARM_CATEGORY_DANGEROUS_CONTENT: 'Dangerous acts.',
        HARM_CATEGORY_CIVIC_INTEGRITY: 'Elections; superseded by enableEnhancedCivicAnswers.',
        HARM_CATEGORY_JAILBREAK: 'Attempts to get round the model’s rules.',
        HARM_CATEGORY_DEROGATORY: 'Older models: negative remarks about protected groups.',
        HARM_CATEGORY_TOXICITY: 'Older models: rude or profane.',
        HARM_CATEGORY_VIOLENCE: 'Older models: violence.',
        HARM_CATEGORY_SEXUAL: 'Older models: sexual.',
        HARM_CATEGORY_MEDICAL: 'Older models: unchecked medical advice.',
        HARM_CATEGORY_DANGEROUS: 'Older models: dangerous acts.',
      }),
      'What kind of harm.',
      { required: true },
    ),
    field(
      'threshold',
      oneOf({
        HARM_BLOCK_THRESHOLD_UNSPECIFIED: 'The model’s default.',
        BLOCK_LOW_AND_ABOVE: 'Block even at a low risk.',
        BLOCK_MEDIUM_AND_ABOVE: 'Block from a medium risk on.',
        BLOCK_ONLY_HIGH: 'Block at a high risk only.',
        BLOCK_NONE: 'Block nothing, but rate.',
        OFF: 'Switch the filter off.',
      }),
      'From which risk on.',
      { required: true },
    ),
  ]),
  message('GenerationConfig', 'How the answer is made.', [
    field('audioTranscriptionConfig', of('AudioTranscriptionConfig'), 'How speech is turned into text.'),
    field('candidateCount', int32, 'How many answers to give.', { default: '1', min: 1 }),
    field('enableAffectiveDialog', bool, 'React to the feelings of whoever speaks.'),
    field('enableEnhancedCivicAnswers', bool, 'Better answers about elections, on models that have it.'),
    field(
      'frequencyPenalty',
      float,
      'Above 0: the more often a word was used, the less likely it comes again.',
      {
        min: -2,
        max: 2,
      },
    ),
    field('imageConfig', of('ImageConfig'), 'Size and shape of generated images.'),
    field('logprobs', int32, 'How many likely tokens to report for each step. Needs responseLogprobs.', {
      min: 0,
      max: 20,
    }),
    field('maxOutputTokens', int32, 'Most tokens of the answer. Thinking counts too.', {
      default: 'the model’s output limit',
      min: 1,
    }),
    field(
      'mediaResolution',
      oneOf({
        MEDIA_RESOLUTION_UNSPECIFIED: 'The model’s default.',
        MEDIA_RESOLUTION_LOW: '64 tokens for an image.',
        MEDIA_RESOLUTION_MEDIUM: '256 tokens for an image.',
        MEDIA_RESOLUTION_HIGH: '256 tokens, and more for what is zoomed in on.',
      }),
      'How finely images and videos are read.',
    ),
    field('presencePenalty', float, 'Above 0: words that were used once are less likely to come again.', {
      min: -2,
      max: 2,
    }),
    field('responseFormat', of('ResponseFormatConfig'), 'The form of the answer, for each kind of output.'),
    field(
      'responseJsonSchema',
      value,
      'The form of a JSON answer as JSON Schema. Needs responseMimeType application/json.',
      {
        oneof: 'schema',
      },
    ),
    field('responseLogprobs', bool, 'Report how likely the chosen tokens were.'),
    field('responseMimeType', text, 'The form of a text answer.', {
      default: 'text/plain',
      suggest: ['application/json', 'text/plain', 'text/x.enum'],
    }),
    field(
      'responseModalities',
      listOf(
        oneOf({
          MODALITY_UNSPECIFIED: 'Not set.',
          TEXT: 'Text.',
          IMAGE: 'Images.',
          AUDIO: 'Sound.',
          VIDEO: 'Video.',
        }),
      ),
      'What the answer consists of. Must be a combination that the model offers.',
      { default: 'TEXT', anyCase: true },
    ),
    field(
      'responseSchema',
      of('Schema'),
      'The form of a JSON answer. Needs responseMimeType application/json.',
      {
        oneof: 'schema',
        deprecated: 'responseFormat.text.schema or responseJsonSchema',
      },
    ),
    field('seed', int32, 'The same seed gives, as far as it goes, the same answer.', { default: 'random' }),
    field('speechConfig', of('SpeechConfig'), 'Voices and language of spoken output.'),
    field('stopSequences', listOf(text), 'Texts at which the answer stops; five at most.', { maxCount: 5 }),
    field(
      'temperature',
      float,
      'How much chance there is in the answer. Newer models are best left at their default.',
      {
        default: 'the model’s own, usually 1',
        min: 0,
        max: 2,
      },
    ),
    field(
      'thinkingConfig',
      of('ThinkingConfig'),
      'How much the model thinks first. Left out, it thinks as much as it likes, and that is paid.',
    ),
    field('topK', int32, 'Only the K likeliest tokens are considered.', { min: 1 }),
    field('topP', float, 'Only the likeliest tokens that together reach this probability are considered.', {
      min: 0,
      max: 1,
    }),
    field('translationConfig', of('TranslationConfig'), 'Settings of spoken translation.'),
  ]),
  message('ThinkingConfig', 'How much the model thinks before it answers.', [
    field('includeThoughts', bool, 'Return summaries of the thoughts too.'),
    field(
      'thinkingBudget',
      int32,
      'Most tokens of thinking: 0 for none, -1 for as many as it takes. For the 2.5 models.',
      {
        min: -1,
        oneof: 'depth',
      },
    ),
    field(
      'thinkingLevel',
      oneOf({
        THINKING_LEVEL_UNSPECIFIED: 'The model’s default.',
        MINIMAL: 'Next to none.',
        LOW: 'Little.',
        MEDIUM: 'Some.',
        HIGH: 'Much.',
      }),
      'How deeply to think. For Gemini 3 and later.',
      { oneof: 'depth', anyCase: true },
    ),
  ]),
  message('ImageConfig', 'Generated images.', [
    field('aspectRatio', text, 'Width to height.', {
      suggest: [
        '1:1',
        '2:3',
        '3:2',
        '3:4',
        '4:3',
        '4:5',
        '5:4',
        '9:16',
        '16:9',
        '21:9',
        '1:4',
        '4:1',
        '1:8',
        '8:1',
      ],
    }),
    field('imageSize', text, 'Size of the picture.', { default: '1K', suggest: ['512', '1K', '2K', '4K'] }),
  ]),
  message('ResponseFormatConfig', 'The form of each kind of output.', [
    field('audio', of('AudioResponseFormat'), 'Form of sound.'),
    field('image', of('ImageResponseFormat'), 'Form of images.'),
    field('text', of('TextResponseFormat'), 'Form of text.'),
  ]),
  message('AudioResponseFormat', 'The form of generated sound.', [
    field('bitRate', int32, 'Bits a second, for compressed sound.', { min: 1 }),
    field('delivery', deliveries, 'How it reaches you.'),
    field(
      'mimeType',
      oneOf({
        MIME_TYPE_UNSPECIFIED: 'The service chooses.',
        AUDIO_MP3: 'MP3.',
        AUDIO_OGG_OPUS: 'Opus in Ogg.',
        AUDIO_L16: 'Raw 16-bit samples.',
        AUDIO_WAV: 'WAV.',
        AUDIO_ALAW: 'A-law.',
        AUDIO_MULAW: 'µ-law.',
      }),
      'Its encoding.',
    ),
    field('sampleRate', int32, 'Samples a second.', { min: 1 }),
  ]),
  message('ImageResponseFormat', 'The form of generated images.', [
    field(
      'aspectRatio',
      oneOf({
        ASPECT_RATIO_UNSPECIFIED: 'The model chooses.',
        ASPECT_RATIO_ONE_BY_ONE: '1:1.',
        ASPECT_RATIO_TWO_BY_THREE: '2:3.',
        ASPECT_RATIO_THREE_BY_TWO: '3:2.',
        ASPECT_RATIO_THREE_BY_FOUR: '3:4.',
        ASPECT_RATIO_FOUR_BY_THREE: '4:3.',
        ASPECT_RATIO_FOUR_BY_FIVE: '4:5.',
        ASPECT_RATIO_FIVE_BY_FOUR: '5:4.',
        ASPECT_RATIO_NINE_BY_SIXTEEN: '9:16.',
        ASPECT_RATIO_SIXTEEN_BY_NINE: '16:9.',
        ASPECT_RATIO_TWENTY_ONE_BY_NINE: '21:9.',
        ASPECT_RATIO_ONE_BY_EIGHT: '1:8.',
        ASPECT_RATIO_EIGHT_BY_ONE: '8:1.',
        ASPECT_RATIO_ONE_BY_FOUR: '1:4.',
        ASPECT_RATIO_FOUR_BY_ONE: '4:1.',
      }),
      'Width to height.',
    ),
    field('delivery', deliveries, 'How it reaches you.'),
    field(
      'imageSize',
      oneOf({
        IMAGE_SIZE_UNSPECIFIED: 'The model chooses.',
        IMAGE_SIZE_FIVE_TWELVE: '512 pixels.',
        IMAGE_SIZE_ONE_K: '1K.',
        IMAGE_SIZE_TWO_K: '2K.',
        IMAGE_SIZE_FOUR_K: '4K.',
      }),
      'Size of the picture.',
    ),
    field(
      'mimeType',
      oneOf({ MIME_TYPE_UNSPECIFIED: 'The service chooses.', IMAGE_JPEG: 'JPEG.' }),
      'Its encoding.',
    ),
  ]),
  message('TextResponseFormat', 'The form of generated text.', [
    field(
      'mimeType',
      oneOf({
        MIME_TYPE_UNSPECIFIED: 'The service chooses.',
        APPLICATION_JSON: 'JSON.',
        TEXT_PLAIN: 'Plain text.',
      }),
      'Its encoding.',
    ),
    field('schema', value, 'JSON Schema of the answer. For mimeType APPLICATION_JSON.'),
  ]),
];
