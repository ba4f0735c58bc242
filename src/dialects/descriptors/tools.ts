import type { MessageDescriptor } from '../model';
import {
  bool,
  double,
  duration,
  field,
  float,
  int32,
  listOf,
  mapOf,
  message,
  of,
  oneOf,
  text,
  timestamp,
  value,
} from './build';

export const toolMessages: readonly MessageDescriptor[] = [
  message('Tool', 'Something the model may use. Usually one kind for each entry of the list.', [
    field('codeExecution', of('CodeExecution'), 'Lets the model write code and run it at the service.'),
    field('computerUse', of('ComputerUse'), 'Lets the model operate a computer by the actions it proposes.'),
    field('fileSearch', of('FileSearch'), 'Searches files in a file search store.'),
    field(
      'functionDeclarations',
      listOf(of('FunctionDeclaration')),
      'Your functions that the model may ask you to call.',
    ),
    field('googleMaps', of('GoogleMaps'), 'Grounds answers in places from Google Maps.'),
    field(
      'googleSearch',
      of('GoogleSearch'),
      'Grounds answers in web search. An empty object switches it on.',
    ),
    field(
      'googleSearchRetrieval',
      of('GoogleSearchRetrieval'),
      'Search grounding of older models; newer ones take googleSearch.',
    ),
    field('mcpServers', listOf(of('McpServer')), 'MCP servers the model may use.'),
    field(
      'urlContext',
      of('UrlContext'),
      'Reads web pages whose addresses are in the prompt. An empty object switches it on.',
    ),
  ]),
  message('FunctionDeclaration', 'What one of your functions does and takes.', [
    field(
      'behavior',
      oneOf({
        UNSPECIFIED: 'Not set; the same as BLOCKING.',
        BLOCKING: 'The model waits for the result.',
        NON_BLOCKING: 'The model goes on and takes the result when it comes.',
      }),
      'Whether the model waits. Only for live conversations.',
    ),
    field('description', text, 'When and how to use the function; the model goes by it.', { required: true }),
    field('name', text, 'Letters, digits, underscores, colons, dots and dashes; 128 at most.', {
      required: true,
    }),
    field('parameters', of('Schema'), 'Its parameters as a Schema of type OBJECT.', { oneof: 'parameters' }),
    field('parametersJsonSchema', value, 'Its parameters as JSON Schema, instead of `parameters`.', {
      oneof: 'parameters',
    }),
    field('response', of('Schema'), 'What it returns, as a Schema.', { oneof: 'response' }),
    field('responseJsonSchema', value, 'What it returns, as JSON Schema, instead of `response`.', {
      oneof: 'response',
    }),
  ]),
  message('CodeExecution', 'Takes no settings.', []),
  message('UrlContext', 'Takes no settings.', []),
  message('GoogleSearch', 'Settings of search grounding.', [
    field('searchTypes', of('SearchTypes'), 'Which searches to use. Web search when left out.'),
    field('timeRangeFilter', of('Interval'), 'Only results from this time. Needs both ends.'),
  ]),
  message('SearchTypes', 'Kinds of search.', [
    field('imageSearch', of('ImageSearch'), 'Search for images too.'),
    field('webSearch', of('WebSearch'), 'Search for text.'),
  ]),
  message('ImageSearch', 'Takes no settings.', []),
  message('WebSearch', 'Takes no settings.', []),
  message('Interval', 'A stretch of time.', [
    field('endTime', timestamp, 'Its end, not included, e.g. "2026-01-31T00:00:00Z".', { required: true }),
    field('startTime', timestamp, 'Its beginning, e.g. "2026-01-01T00:00:00Z".', { required: true }),
  ]),
  message('GoogleSearchRetrieval', 'Settings of the older search grounding.', [
    field('dynamicRetrievalConfig', of('DynamicRetrievalConfig'), 'When to search.'),
  ]),
  message('DynamicRetrievalConfig', 'When the older search grounding searches.', [
    field('dynamicThreshold', float, 'Search when the prediction that it helps is above this.', {
      min: 0,
      max: 1,
    }),
    field(
      'mode',
      oneOf({
        MODE_UNSPECIFIED: 'Always search.',
        MODE_DYNAMIC: 'Search when the model thinks that it helps.',
      }),
      'How to decide.',
    ),
  ]),
  message('FileSearch', 'A search in file search stores.', [
    field('fileSearchStoreNames', listOf(text), 'Which stores: `fileSearchStores/…`.', { required: true }),
    field('metadataFilter', text, 'Only documents whose metadata fit this expression.'),
    field('topK', int32, 'How many passages to fetch.', { min: 1 }),
  ]),
  message('GoogleMaps', 'Settings of Maps grounding.', [
    field('enableWidget', bool, 'Also return a token that draws a Maps widget.'),
  ]),
  message('ComputerUse', 'Settings of computer use.', [
    field(
      'disabledSafetyPolicies',
      listOf(
        oneOf({
          SAFETY_POLICY_UNSPECIFIED: 'Not set.',
          FINANCIAL_TRANSACTIONS: 'Spending or moving money.',
          SENSITIVE_DATA_MODIFICATION: 'Changing sensitive data.',
          COMMUNICATION_TOOL: 'Writing to people.',
          ACCOUNT_CREATION: 'Opening accounts.',
          DATA_MODIFICATION: 'Changing data.',
          USER_CONSENT_MANAGEMENT: 'Agreeing to cookies and the like.',
          LEGAL_TERMS_AND_AGREEMENTS: 'Accepting terms.',
        }),
      ),
      'Safety checks that are switched off.',
    ),
    field('enablePromptInjectionDetection', bool, 'Look for instructions hidden in what is on the screen.'),
    field(
      'environment',
      oneOf({
        ENVIRONMENT_UNSPECIFIED: 'Not set; the same as a browser.',
        ENVIRONMENT_BROWSER: 'A web browser.',
        ENVIRONMENT_MOBILE: 'A phone.',
        ENVIRONMENT_DESKTOP: 'A desktop.',
      }),
      'What is being operated.',
      { required: true },
    ),
    field('excludedPredefinedFunctions', listOf(text), 'Built-in actions that the model must not use.'),
  ]),
  message('McpServer', 'An MCP server.', [
    field('name', text, 'Its name.'),
    field('streamableHttpTransport', of('StreamableHttpTransport'), 'How to reach it.'),
  ]),
  message('StreamableHttpTransport', 'Streamable HTTP to an MCP server.', [
    field(
      'headers',
      mapOf(text),
      'HTTP headers, e.g. for authorisation. They would stand in the file in clear text.',
    ),
    field('sseReadTimeout', duration, 'How long to wait for the next event, e.g. "300s".'),
    field('terminateOnClose', bool, 'Whether closing ends the session.'),
    field('timeout', duration, 'How long a call may take, e.g. "30s".'),
    field('url', text, 'Full address of the endpoint.'),
  ]),
  message('ToolConfig', 'How tools may be used.', [
    field('functionCallingConfig', of('FunctionCallingConfig'), 'Whether and which functions are called.'),
    field('includeServerSideToolInvocations', bool, 'Return calls of the service’s own tools in the answer.'),
    field('retrievalConfig', of('RetrievalConfig'), 'Where the user is and which language they read.'),
  ]),
  message('FunctionCallingConfig', 'Whether functions are called.', [
    field('allowedFunctionNames', listOf(text), 'Only these functions. For modes ANY and VALIDATED.'),
    field(
      'mode',
      oneOf({
        MODE_UNSPECIFIED: 'Not set; the same as AUTO.',
        AUTO: 'The model decides between text and a call.',
        ANY: 'Always a call.',
        NONE: 'Never a call.',
        VALIDATED: 'Text or a call, and the call fits its schema.',
      }),
      'When functions are called.',
      { default: 'AUTO' },
    ),
  ]),
  message('RetrievalConfig', 'Facts about the user for search and maps.', [
    field('languageCode', text, 'BCP 47 code, e.g. en or de.', {
      suggest: ['en', 'de', 'es', 'fr', 'ja', 'zh'],
    }),
    field('latLng', of('LatLng'), 'Where the user is.'),
  ]),
  message('LatLng', 'A place on earth.', [
    field('latitude', double, 'Degrees north.', { min: -90, max: 90 }),
    field('longitude', double, 'Degrees east.', { min: -180, max: 180 }),
  ]),
];
