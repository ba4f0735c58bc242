import type { MessageDescriptor } from '../model';
import { bool, field, listOf, message, of, oneOf, text } from './build';

const languages = ['en-US', 'en-GB', 'de-DE', 'es-ES', 'fr-FR', 'it-IT', 'ja-JP', 'ko-KR', 'pt-BR', 'zh-CN'];

const voices = [
  'Kore',
  'Puck',
  'Zephyr',
  'Charon',
  'Fenrir',
  'Leda',
  'Orus',
  'Aoede',
  'Callirrhoe',
  'Enceladus',
];

export const speechMessages: readonly MessageDescriptor[] = [
  message('SpeechConfig', 'Spoken output.', [
    field('languageCode', text, 'BCP 47 code of the language, e.g. en-US.', { suggest: languages }),
    field(
      'multiSpeakerVoiceConfig',
      of('MultiSpeakerVoiceConfig'),
      'A voice for each speaker of a dialogue.',
      {
        oneof: 'voice',
      },
    ),
    field('voiceConfig', of('VoiceConfig'), 'The voice of a single speaker.', { oneof: 'voice' }),
  ]),
  message('MultiSpeakerVoiceConfig', 'Voices of a dialogue.', [
    field('speakerVoiceConfigs', listOf(of('SpeakerVoiceConfig')), 'One for each speaker.', {
      required: true,
    }),
  ]),
  message('SpeakerVoiceConfig', 'The voice of one speaker.', [
    field('speaker', text, 'The name as it stands in the prompt.', { required: true }),
    field('voiceConfig', of('VoiceConfig'), 'The voice.', { required: true }),
  ]),
  message('VoiceConfig', 'A voice.', [
    field('prebuiltVoiceConfig', of('PrebuiltVoiceConfig'), 'One of the service’s own voices.'),
  ]),
  message('PrebuiltVoiceConfig', 'One of the service’s own voices.', [
    field('voiceName', text, 'Its name, e.g. Kore.', { suggest: voices }),
  ]),
  message('AudioTranscriptionConfig', 'How speech is turned into text.', [
    field('adaptationPhrases', listOf(text), 'Phrases to listen for.', { deprecated: 'customVocabulary' }),
    field('customVocabulary', listOf(text), 'Names and jargon to listen for.'),
    field('diarization', bool, 'Tell speakers apart.'),
    field('languageAuto', of('LanguageAuto'), 'Find the language out.', {
      deprecated: 'no languageCodes at all',
    }),
    field('languageCodes', listOf(text), 'Languages that may be spoken. Empty: found out.', {
      suggest: languages,
    }),
    field('languageHints', of('LanguageHints'), 'Languages that may be spoken.', {
      deprecated: 'languageCodes',
    }),
    field(
      'mode',
      oneOf({
        MODE_UNSPECIFIED: 'Not set; the same as VERBATIM.',
        VERBATIM: 'Word for word.',
        SMART: 'Without hesitations and repetitions, lightly edited.',
      }),
      'How closely it is written down.',
      { default: 'VERBATIM' },
    ),
    field('wordTimestamp', bool, 'A time for each word.'),
  ]),
  message('LanguageAuto', 'Takes no settings.', []),
  message('LanguageHints', 'Languages that may be spoken.', [
    field('languageCodes', listOf(text), 'BCP 47 codes.', {
      required: true,
      deprecated: 'languageCodes one level up',
    }),
  ]),
  message('TranslationConfig', 'Spoken translation.', [
    field('echoTargetLanguage', bool, 'Also repeat what is already in the target language.'),
    field('targetLanguageCode', text, 'BCP 47 code of the language to translate into.', {
      required: true,
      suggest: ['en', 'es', 'fr', 'de', 'ja', 'zh'],
    }),
  ]),
];
