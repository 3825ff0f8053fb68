// Lists the tools of a silo and calls some, with the protocol's public SDK and not a line of ours.
//   node client.mjs http://127.0.0.1:5000/mcp KEY
import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';

const [url, key] = process.argv.slice(2);
const client = new Client({ name: 'interop', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL(url), {
  requestInit: { headers: { Authorization: `Bearer ${key}` } },
}));

const call = (name, args, meta, options) =>
  client.request({ method: 'tools/call', params: { name, arguments: args, _meta: meta } }, CallToolResultSchema, options);
const text = result => result.content.map(c => c.text.trim()).join(' | ');

const { tools } = await client.listTools();
console.log('tools:', tools.map(tool => tool.name).join(' '));

// Who talks needs no agent named: each caller has its own.
const said = await client.callTool({ name: 'assistant__chat_say', arguments: { parts: [{ text: 'Hello' }] } });
console.log('said:', text(said));

// callTool checks the structured result against the tool's schema.
const agent = randomUUID();
const added = await client.callTool({ name: 'counter__counter_add', arguments: { amount: 2, agent } });
console.log('added:', JSON.stringify(added.structuredContent));

// The same id is the same message: it takes effect once.
const id = randomUUID();
for (const again of [false, true]) {
  const result = await call('counter__counter_add', { amount: 5, agent }, { 'agents/messageId': id });
  console.log(again ? 'again:' : 'once:', text(result), result._meta['agents/outcome']);
}

// What an agent refuses is told to the model; what is no tool, to the program.
const refused = await call('counter__counter_add', { amount: 'many', agent });
console.log('refused:', refused.isError, refused._meta['agents/code']);
await call('no__such', {}).catch(error => console.log('unknown:', error.code));

// Work that takes longer than a call tells how far it is.
let steps = 0;
const worked = await call('worker__work_steps', { steps: 5, agent }, {}, { onprogress: () => steps++ });
console.log('worked:', text(worked), steps > 0 ? 'with progress' : 'without a word');

// A question of the agent is answered with a tool.
const asked = await call('worker__work_steps', { steps: 1, ask: true, agent });
console.log('asked:', asked.content[0].text);
console.log('answered:', text(await call('run__say', { run: asked.structuredContent.run, text: 'Please do.' })));

// Who loses patience cancels.
const run = randomUUID();
const impatience = new AbortController();
await call('worker__work_steps', { steps: 1000, ms: 60000, agent }, { 'agents/messageId': run }, {
  signal: impatience.signal,
  onprogress: () => impatience.abort('too long'),
}).catch(error => console.log('gave up:', error.message.includes('too long')));
console.log('cancelled:', (await call('run__wait', { run })).structuredContent.state);

await client.close();
