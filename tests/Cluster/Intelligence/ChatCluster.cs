using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>A silo with agents that talk, shared by the tests of a class.</summary>
public sealed class ChatCluster : IAsyncLifetime
{
    internal TestModel Model { get; private set; } = null!;

    internal AgentTestCluster Cluster { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (Cluster, Model) = await StartAsync();

    public ValueTask DisposeAsync()
    {
        Model.Dispose();
        return Cluster.DisposeAsync();
    }

    internal static async Task<(AgentTestCluster Cluster, TestModel Model)> StartAsync(
        FaultPlan? faults = null, int silos = 1, Action<AgentTestClusterOptions>? configure = null)
    {
        var model = new TestModel();
        var cluster = await AgentTestCluster.StartAsync(
            options =>
            {
                options.Silos = silos;
                options.Faults = faults;
                options.Patience = TimeSpan.FromSeconds(30);
                options.AddAgent<ChattyAgent>().AddAgent<MeasuredAgent>().AddAgent<AbacusAgent>()
                    .ConfigureSilo(silo => silo.AddModel("default", _ => model, m => (m.InputPrice, m.OutputPrice) = (1_000_000m, 2_000_000m)))
                    .ConfigureAgents(agents =>
                    {
                        agents.Delivery.MaxRetries = 1000;
                        agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                        agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                        agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                        agents.WakeAfter = TimeSpan.FromMilliseconds(300);
                    });
                configure?.Invoke(options);
            }, Token);
        return (cluster, model);
    }

    internal AgentHandle Agent(string key) => Cluster.Client.Agent(new AgentId("chatty", key));

    internal Task<ChatSaid> SayAsync(string key, string text, CancellationToken? token = null) =>
        Agent(key).AskAsync(ChatSay.Of(text), cancellationToken: token ?? Token).AsTask();

    internal ValueTask<RunHandle> StartRunAsync(string key, string text) =>
        Cluster.Client.StartAsync(new AgentId("chatty", key), ChatSay.Of(text), cancellationToken: Token);

    internal static Task StalledAsync(TestModel model, string word) => TestModel.Signal(model.Stalled, word).Task.WaitAsync(Token);

    internal Task<int> CountAsync(string key) => CountAsync(Cluster, key);

    internal static async Task<int> CountAsync(AgentTestCluster cluster, string key) =>
        (await cluster.Client.Agent(new AgentId("abacus", key)).AskAsync(new CountRead(), cancellationToken: Token)).Count;

    internal Task<ChatHistoryPage> ReadAsync(string key) => ReadAsync(Cluster, key);

    internal static Task<ChatHistoryPage> ReadAsync(AgentTestCluster cluster, string key) =>
        cluster.Client.Agent(new AgentId("chatty", key)).AskAsync(new ChatHistory(Limit: ChatHistory.MostMessages), cancellationToken: Token).AsTask();

    /// <summary>The roles of a conversation, and that each call in it has one result.</summary>
    internal static string Shape(ChatHistoryPage page)
    {
        var calls = page.Messages.SelectMany(m => m.Parts).Where(p => p.Data is { } d && d.TryGetProperty("tool", out _)).Select(p => p.Data!.Value.GetProperty("call").GetString());
        var results = page.Messages.Where(m => m.Role == "tool").SelectMany(m => m.Parts).Select(p => p.Data!.Value.GetProperty("call").GetString());
        Assert.Equal(calls.Order(StringComparer.Ordinal), results.Order(StringComparer.Ordinal));
        return string.Join(' ', page.Messages.Select(m => m.Role));
    }
}
