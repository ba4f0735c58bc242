import type { MessageDescriptor } from '../model';
import { bool, double, field, int64, listOf, mapOf, message, of, oneOf, text, value } from './build';

/** The closed subset of OpenAPI 3.0 schemas; JSON Schema keywords beyond it are refused. */
export const schemaMessages: readonly MessageDescriptor[] = [
  message(
    'Schema',
    'The form of a value: a closed subset of OpenAPI 3.0. For full JSON Schema use the …JsonSchema fields.',
    [
      field('anyOf', listOf(of('Schema')), 'Fits if one of these fits.'),
      field('default', value, 'Documentation only.'),
      field('description', text, 'What the value means; the model goes by it.'),
      field('enum', listOf(text), 'The values a string may have. Use with format "enum".'),
      field('example', value, 'An example, at the root only.'),
      field('format', text, 'A narrower form of the type, e.g. int32, float, date-time, enum.', {
        suggest: ['enum', 'date-time', 'date', 'time', 'duration', 'int32', 'int64', 'float', 'double'],
      }),
      field('items', of('Schema'), 'The form of the elements of an ARRAY.'),
      field('maxItems', int64, 'Most elements of an ARRAY.', { min: 0 }),
      field('maxLength', int64, 'Most characters of a STRING.', { min: 0 }),
      field('maxProperties', int64, 'Most properties of an OBJECT.', { min: 0 }),
      field('maximum', double, 'Largest value of a NUMBER or INTEGER.'),
      field('minItems', int64, 'Fewest elements of an ARRAY.', { min: 0 }),
      field('minLength', int64, 'Fewest characters of a STRING.', { min: 0 }),
      field('minProperties', int64, 'Fewest properties of an OBJECT.', { min: 0 }),
      field('minimum', double, 'Smallest value of a NUMBER or INTEGER.'),
      field('nullable', bool, 'Whether null is allowed too.'),
      field('pattern', text, 'A regular expression that a STRING matches.'),
      field('properties', mapOf(of('Schema')), 'The properties of an OBJECT by name.'),
      field('propertyOrdering', listOf(text), 'In which order the model writes the properties.'),
      field('required', listOf(text), 'Properties that must be there.'),
      field('title', text, 'A title.'),
      field(
        'type',
        oneOf({
          TYPE_UNSPECIFIED: 'Not set.',
          STRING: 'Text.',
          NUMBER: 'A number.',
          INTEGER: 'A whole number.',
          BOOLEAN: 'true or false.',
          ARRAY: 'A list; `items` says of what.',
          OBJECT: 'An object; `properties` says with what.',
          NULL: 'null.',
        }),
        'The JSON type.',
        { anyCase: true },
      ),
    ],
  ),
];
