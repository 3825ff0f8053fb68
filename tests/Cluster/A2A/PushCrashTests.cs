using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Redis;
using OrleansAgents.Tests.Runs;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.A2A;

public sealed class PushCrashTests
{
    private const int Seeds = 2, Runs = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_UnderRandomFaults_AreAllPostedAndInOrder() => await Parallel.ForEachAsync(FaultSeeds.Take(Seeds), Token, async (seed, token) =>
    {
        var faults = new FaultPlan(seed);
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08));
        faults.Commits().FailBefore(When.Chance(0.04)).FailAfter(When.Chance(0.04));
        faults.Restart("a2a-push/*", When.Chance(0.05)).Restart("run/*", When.Chance(0.03)).Restart("painter/*", When.Chance(0.03));
        using var receiver = new Receiver();
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Patience) = (faults, TimeSpan.FromSeconds(30));
            options.AddAgent<PainterAgent>().ConfigureSilo(silo => silo.AddPushNotifications(push => push.Hosts.Add("localhost"))).ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, token);
        await Parallel.ForAsync(0, Runs, token, async (i, _) =>
        {
            var run = $"{faults.Seed}-{i}";
            var start = new RunStart("painter/a", "paint.slowly", JsonElement.Parse("""{"what":"f","strokes":4}"""));
            await SendAsync(cluster.Client, RunAddress.Of(run), start, token);
            var config = new PushConfig(receiver.Url(run), run, "c");
            await SendAsync(cluster.Client, PushAddress.For(run, "client/test"), new PushAdd(run, config, After: 1), token);
            while (!receiver.Posts(run).Any(p => p.Contains("TASK_STATE_COMPLETED", StringComparison.Ordinal)))
            {
                token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            var events = await cluster.Client.Run(run).FollowAsync(cancellationToken: token).ToListAsync(token);
            var mapped = new TaskEvents(run, run, RunState.Submitted);
            var expected = events.Skip(1).SelectMany(mapped.Map).Select(e => JsonSerializer.Serialize(e, A2AJson.Default.StreamResponse)).ToList();
            var posts = receiver.Posts(run).ToList();
            // One may come again, and what the work wrote anew is written twice.
            var taken = posts.Aggregate(0, (next, post) => next < expected.Count && expected[next] == post ? next + 1 : next);
            Assert.True(taken == expected.Count && !posts.Except(expected, StringComparer.Ordinal).Any(), $"{string.Join('\n', posts)}\nwith {faults}");
        });
        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
    });

    [Fact]
    public async Task Configuration_OfARunOfSomebodyElse_PostsNothing()
    {
        using var receiver = new Receiver();
        await using var cluster = await AgentTestCluster.StartAsync(options =>
            options.AddAgent<PainterAgent>().ConfigureSilo(silo => silo.AddPushNotifications(push => push.Hosts.Add("localhost"))), Token);
        await cluster.Client.StartAsync("painter/a", new PaintAsking(), new RunStartOptions { Id = "mine" }, Token);
        var (other, own) = (cluster.Client.As("client/other"), PushAddress.For("mine", "client/test"));
        var add = new PushAdd("mine", new PushConfig(receiver.Url("mine"), "mine", "c"), After: 0);

        // Not at the owner's agent; and its own is not told by the run.
        Assert.Equal(RefusalCodes.NotAllowed, (await Assert.ThrowsAsync<AgentRefusedException>(() => other.Agent(own).AskAsync(add, cancellationToken: Token).AsTask())).Code);
        await other.Agent(PushAddress.For("mine", "client/other")).AskAsync(add, cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);

        Assert.Empty((await other.Agent(PushAddress.For("mine", "client/other")).AskAsync(new PushList(), cancellationToken: Token)).Configs);
        var told = await other.Agent(own).TellAsync(new RunMoved("mine", 7, IsOver: false), cancellationToken: Token);
        Assert.Equal(RefusalCodes.NotAllowed, told.Refusal?.Code);
        await cluster.Client.Run("mine").CancelAsync(Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Empty(receiver.Posts("mine"));
    }

    private static async Task SendAsync<TMessage>(IAgentClient client, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        for (; ;)
        {
            token.ThrowIfCancellationRequested();
            try
            {
                if ((await client.SendAsync(envelope, cancellationToken: token)).Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // Sent again under the same id.
            }
        }
    }

    /// <summary>Takes posts, but the first of each run, which it answers with a fault in passing.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly int _port = Ports.Next();
        private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _posts = new(StringComparer.Ordinal);

        public Receiver()
        {
            _listener.Prefixes.Add($"http://localhost:{_port}/");
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url(string run) => $"http://localhost:{_port}/{run}";

        public IReadOnlyCollection<string> Posts(string run) => _posts.GetOrAdd(run, static _ => new());

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            var refused = new HashSet<string>(StringComparer.Ordinal);
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    var run = context.Request.Url!.AbsolutePath[1..];
                    using var body = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                    var text = await body.ReadToEndAsync();
                    if (!refused.Add(run))
                    {
                        _posts.GetOrAdd(run, static _ => new()).Enqueue(text);
                    }
                    else
                    {
                        context.Response.StatusCode = 503;
                    }

                    context.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
                {
                    // A caller was killed, or the test is over.
                }
            }
        }
    }
}
