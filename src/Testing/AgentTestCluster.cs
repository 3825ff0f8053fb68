using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;
using OrleansAgents.Agents;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Testing.Hosting;
using OrleansAgents.Testing.Probes;

namespace OrleansAgents.Testing;

/// <summary>
/// A cluster of silos in the test's own process, to test agents with: real Orleans, real gate, turns, commits and
/// repeats, and a store in memory unless told. Starting one takes half a second, so one for each test is in order. Its
/// methods may be called from any thread; silos come and go one at a time.
/// </summary>
public sealed partial class AgentTestCluster : IAsyncDisposable
{
    private readonly AgentTestClusterOptions _options;
    private readonly TestNetwork _network;
    private readonly ProbeBook _probes;
    private readonly ConcurrentDictionary<Task, byte> _crashes = new();
    private readonly InProcessTestCluster _cluster;
    private ImmutableList<TestSilo> _silos = [];

    private AgentTestCluster(AgentTestClusterOptions options)
    {
        _options = options;
        _network = new TestNetwork(options.Faults, options.Time ?? TimeProvider.System) { Crash = CrashInPassing };
        _probes = new ProbeBook(this);
        _cluster = new TestClusterComposition(options, _network, _probes).Build();
    }

    /// <summary>A client outside the silos: everything it sends crosses the serializer.</summary>
    public IAgentClient Client => _cluster.Client.ServiceProvider.GetRequiredService<IAgentClient>();

    internal IGrainFactory OutsideGrains => _cluster.Client;

    /// <summary>The silos that are active, the oldest first.</summary>
    public IReadOnlyList<TestSilo> Silos => _silos;

    /// <summary>The services of the oldest active silo.</summary>
    public IServiceProvider Services => _silos[0].Services;

    /// <summary>What goes wrong; null when nothing was planned.</summary>
    public FaultPlan? Faults => _options.Faults;

    internal TimeSpan Patience => _options.Patience;

    /// <summary>Starts a cluster.</summary>
    /// <param name="configure">What it is made of; null for one silo with no agents but probes.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="InvalidOperationException">A setting makes no sense, or an agent class is faulty; the message says which and why.</exception>
    public static async Task<AgentTestCluster> StartAsync(
        Action<AgentTestClusterOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new AgentTestClusterOptions();
        configure?.Invoke(options);
        options.Validate();
        var cluster = new AgentTestCluster(options);
        await cluster._cluster.DeployAsync(cancellationToken);
        cluster._silos = [.. cluster._cluster.Silos.Select(handle => new TestSilo(handle))];
        await cluster.LearnKindsAsync(cancellationToken);
        return cluster;
    }

    /// <summary>The client within a silo; null for the oldest active one.</summary>
    public IAgentClient InsideClient(TestSilo? silo = null) => (silo ?? _silos[0]).Client;

    /// <summary>The agent <c>probe/NAME</c>, the same one for the same name.</summary>
    /// <exception cref="FormatException"><paramref name="name"/> is no key of an address.</exception>
    public AgentProbe Probe(string name) => _probes.Open(name);

    /// <summary>
    /// Crashes an agent and waits until it is gone; the next message starts it anew. What it has not committed is lost: a
    /// running handler is cancelled, and neither it nor what it had still to send takes effect. Does nothing when the agent
    /// is not active. A handler that ignores its cancellation is waited for, as Orleans does: 30 seconds at most.
    /// </summary>
    public async Task RestartAgentAsync(AgentId agent)
    {
        if (Find(agent) is not { } context)
        {
            return;
        }

        _network.BeginCrash(agent);
        try
        {
            await CancelRunningAsync(agent);
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, "The test crashed it."));
            await context.Deactivated;
        }
        finally
        {
            _network.EndCrash(agent);
            _network.Traffic.Forget(flight => flight.Sender == agent);
        }
    }

    /// <summary>
    /// Waits until no message is under way: none is being delivered or handled, and no failed one waits for its repeat.
    /// What is scheduled for later does not count, nor does a copy that a fault sent.
    /// </summary>
    /// <param name="patience">How long, in real time; null for the cluster's own patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">Something is under way still; the message lists it.</exception>
    public async Task IdleAsync(TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(_crashes.Keys).WaitAsync(patience ?? Patience, TimeProvider.System, cancellationToken);
        await _network.Traffic.IdleAsync(patience ?? Patience, cancellationToken);
    }

    /// <summary>
    /// Advances the controlled clock step by step until a task ends: for repeats, deadlines and schedules whose moments the
    /// test does not know. The agents get a millisecond of real time for what each step sets off.
    /// </summary>
    /// <param name="task">What to wait for; its failure is thrown.</param>
    /// <param name="step">How far at a time; null for 10 ms.</param>
    /// <exception cref="InvalidOperationException"><see cref="AgentTestClusterOptions.Time"/> was not set.</exception>
    /// <exception cref="TimeoutException">It did not end within the cluster's patience, which is real time.</exception>
    public async Task AdvanceUntilAsync(Task task, TimeSpan? step = null)
    {
        var time = _options.Time ?? throw new InvalidOperationException("The cluster runs on the system's clock: set AgentTestClusterOptions.Time to control it.");
        var started = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"It did not end within {Patience.TotalSeconds:0.##} s of real time; the controlled clock came to {time.GetUtcNow():O}.");
            }

            time.Advance(step ?? TimeSpan.FromMilliseconds(10));
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System));
        }

        await task;
    }

    /// <summary>Stops everything at once; what is under way is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        _options.Faults?.Pause();
        foreach (var silo in _silos)
        {
            silo.Life.Kill();
        }

        await Task.WhenAll(_crashes.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cluster.StopAllSilosAsync(CancellationToken.None);
        await _cluster.DisposeAsync();
    }

    private IGrainContext? Find(AgentId agent) =>
        _cluster.TryGetGrainContext(GrainId.Create(agent.Kind, agent.Key), out var context) ? context : null;

    private async Task CancelRunningAsync(AgentId agent)
    {
        var grain = _cluster.Client.GetGrain<IAgentGrain>(GrainId.Create(agent.Kind, agent.Key));
        var running = _silos.SelectMany(s => s.Services.GetRequiredService<IncomingMessages>().RunningAt(agent));
        foreach (var message in running.ToArray())
        {
            // One that is gone already needs no cancelling.
            await grain.CancelAsync(message.Value).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private void CrashInPassing(AgentId agent)
    {
        // Not awaited by the message behind which it happens: the agent cannot be gone before that is answered.
        var crash = Task.Run(() => RestartAgentAsync(agent));
        _crashes[crash] = 0;
        _ = crash.ContinueWith(done => _crashes.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }
}
