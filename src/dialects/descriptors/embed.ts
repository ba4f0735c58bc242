import type { MessageDescriptor } from '../model';
import { bool, field, int32, message, of, oneOf, text } from './build';

const taskTypes = oneOf({
  TASK_TYPE_UNSPECIFIED: 'Not set.',
  RETRIEVAL_QUERY: 'A query in a search.',
  RETRIEVAL_DOCUMENT: 'A document to be found.',
  SEMANTIC_SIMILARITY: 'Texts to be compared.',
  CLASSIFICATION: 'Texts to be classified.',
  CLUSTERING: 'Texts to be grouped.',
  QUESTION_ANSWERING: 'A question whose answer is to be found.',
  FACT_VERIFICATION: 'A claim to be checked.',
  CODE_RETRIEVAL_QUERY: 'A query for code.',
});

export const embedMessages: readonly MessageDescriptor[] = [
  message('EmbedContentRequest', 'One request to an embedding model.', [
    field('content', of('Content'), 'What to embed.', { required: true }),
    field('embedContentConfig', of('EmbedContentConfig'), 'How to embed.'),
    field(
      'model',
      text,
      '`models/…`. Leave it out in a batch file: the job decides the model for all lines.',
    ),
    field('outputDimensionality', int32, 'Length of the vector; longer ones are cut.', {
      min: 1,
      deprecated: 'embedContentConfig.outputDimensionality',
    }),
    field('taskType', taskTypes, 'What the embedding is for.', { deprecated: 'embedContentConfig.taskType' }),
    field('title', text, 'Title of a RETRIEVAL_DOCUMENT.', { deprecated: 'embedContentConfig.title' }),
  ]),
  message('EmbedContentConfig', 'How to embed.', [
    field('audioTrackExtraction', bool, 'Also use the sound of a video.'),
    field('autoTruncate', bool, 'Cut text that is too long instead of refusing it.'),
    field('documentOcr', bool, 'Read text in scanned pages.'),
    field('outputDimensionality', int32, 'Length of the vector; longer ones are cut.', { min: 1 }),
    field('taskType', taskTypes, 'What the embedding is for.'),
    field('title', text, 'Title of a RETRIEVAL_DOCUMENT.'),
  ]),
];
