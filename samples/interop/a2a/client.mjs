// Calls the demo agents of OrleansAgents by A2A 1.0, with the public SDK and nothing of ours: finds their cards, talks,
// works, asks back, follows, cancels, lists, and has changes posted; by JSON-RPC and by HTTP+JSON.
//
//   npm ci && node client.mjs http://127.0.0.1:5000 KEY
//
// It ends with 0 when all went as the protocol says, and says otherwise what did not.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest, GetTaskRequest,
  ListTaskPushNotificationConfigsRequest, ListTasksRequest, SendMessageRequest, SubscribeToTaskRequest,
  TaskPushNotificationConfig, taskStateToJSON,
} from '@a2a-js/sdk';
import {
  ClientFactory, ClientFactoryOptions, createAuthenticatingFetchWithRetry, DefaultAgentCardResolver, JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client';
import { TaskNotCancelableError, TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors';

const [url, key] = process.argv.slice(2);
if (!url) {
  console.error('usage: node client.mjs URL [KEY]');
  process.exit(64);
}

const authorised = createAuthenticatingFetchWithRetry(fetch, {
  headers: async () => (key ? { Authorization: `Bearer ${key}` } : {}),
  shouldRetryWithHeaders: async () => undefined,
});

async function connect(kind, binding) {
  const factory = new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
    transports: [new JsonRpcTransportFactory({ fetchImpl: authorised }), new RestTransportFactory({ fetchImpl: authorised })],
    preferredTransports: [binding],
    // Cards are there for everybody.
    cardResolver: new DefaultAgentCardResolver({ fetchImpl: fetch }),
  }));
  return factory.createFromUrl(`${url}/a2a/${kind}/`, '.well-known/agent-card.json');
}

const message = (part, { skill, taskId, contextId, configuration } = {}) => SendMessageRequest.fromJSON({
  message: {
    messageId: randomUUID(), role: 'ROLE_USER', parts: [part], taskId, contextId, metadata: skill ? { skill } : undefined,
  },
  configuration,
});
const state = (task) => taskStateToJSON(task.status.state);
const texts = (parts) => parts.map((part) => part.content.value).join('');

async function all(events) {
  const read = [];
  for await (const event of events) {
    read.push(event.payload);
  }
  return read;
}

async function talk(binding) {
  const echo = await connect('echo', binding);
  const answer = await echo.sendMessage(message({ text: 'hello' }));
  assert.equal(texts(answer.parts), 'hello');
  const streamed = await all(echo.sendMessageStream(message({ text: 'again' })));
  assert.deepEqual(streamed.map((event) => event.$case), ['message']);

  const counter = await connect('counter', binding);
  const sum = await counter.sendMessage(message({ data: { amount: 2 } }, { skill: 'counter.add', contextId: randomUUID() }));
  assert.deepEqual(sum.parts[0].content.value, { value: 2 });
  const extended = await counter.getAgentCard();
  assert.ok(extended.capabilities.extensions.length > 0);
}

async function work(binding) {
  const worker = await connect('worker', binding);
  const contextId = randomUUID();
  const done = await worker.sendMessage(message({ data: { steps: 3 } }, { skill: 'work.steps', contextId }));
  assert.equal(state(done), 'TASK_STATE_COMPLETED');
  assert.equal(texts(done.artifacts[0].parts), '1 2 3 ');

  const events = await all(worker.sendMessageStream(message({ data: { steps: 3 } }, { skill: 'work.steps', contextId })));
  assert.equal(events[0].$case, 'task');
  assert.equal(texts(events.filter((e) => e.$case === 'artifactUpdate').flatMap((e) => e.value.artifact.parts)), '1 2 3 ');
  assert.equal(state(events.at(-1).value), 'TASK_STATE_COMPLETED');

  const read = await worker.getTask(GetTaskRequest.fromJSON({ id: done.id, historyLength: 1 }));
  assert.equal(read.history.length, 1);
  let listed;
  do {
    listed = await worker.listTasks(ListTasksRequest.fromJSON({ contextId, status: 'TASK_STATE_COMPLETED', includeArtifacts: true }));
  } while (listed.totalSize < 2);
  assert.ok(listed.tasks.every((task) => task.artifacts.length === 1));
  await assert.rejects(worker.cancelTask(CancelTaskRequest.fromJSON({ id: done.id })), TaskNotCancelableError);
  await assert.rejects(worker.getTask(GetTaskRequest.fromJSON({ id: 'never' })), TaskNotFoundError);
  await assert.rejects(worker.sendMessage(message({ text: 'more' }, { taskId: done.id })), UnsupportedOperationError);
}

async function askBack(binding) {
  const worker = await connect('worker', binding);
  const asked = await worker.sendMessage(message({ data: { steps: 2, ask: true } }, { skill: 'work.steps' }));
  assert.equal(state(asked), 'TASK_STATE_INPUT_REQUIRED');
  assert.equal(texts(asked.status.message.parts), 'Shall I begin?');

  const subscription = worker.resubscribeTask(SubscribeToTaskRequest.fromJSON({ id: asked.id }));
  const first = await subscription.next();
  assert.equal(state(first.value.payload.value), 'TASK_STATE_INPUT_REQUIRED');
  const done = await worker.sendMessage(message({ text: 'yes' }, { taskId: asked.id, contextId: asked.contextId }));
  assert.equal(state(done), 'TASK_STATE_COMPLETED');
  const rest = await all(subscription);
  assert.equal(state(rest.at(-1).value), 'TASK_STATE_COMPLETED');
}

async function push(binding) {
  const worker = await connect('worker', binding);
  const begun = await worker.sendMessage(message({ data: { steps: 1000, ms: 1000 } }, { skill: 'work.steps', configuration: { returnImmediately: true } }));
  const taskId = begun.id;
  const created = await worker.createTaskPushNotificationConfig(TaskPushNotificationConfig.fromJSON({
    taskId, url: 'https://hooks.example/changed', token: 't', authentication: { scheme: 'Bearer', credentials: 'secret' },
  }));
  const named = { taskId, id: created.id };
  const read = await worker.getTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest.fromJSON(named));
  assert.equal(read.url, 'https://hooks.example/changed');
  const listed = await worker.listTaskPushNotificationConfig(ListTaskPushNotificationConfigsRequest.fromJSON({ taskId }));
  assert.deepEqual(listed.configs.map((config) => config.id), [created.id]);
  await worker.deleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest.fromJSON(named));
  const cancelled = await worker.cancelTask(CancelTaskRequest.fromJSON({ id: taskId }));
  assert.equal(state(cancelled), 'TASK_STATE_CANCELED');
}

const stories = { talk, work, askBack, push };
let told = 0;
for (const binding of ['JSONRPC', 'HTTP+JSON']) {
  for (const [name, story] of Object.entries(stories)) {
    await story(binding);
    told++;
    console.log(`${binding}: ${name}`);
  }
}
console.log(`${told} of ${2 * Object.keys(stories).length}`);
