using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteStorageTests : IAsyncDisposable
{
    private readonly TemporaryStore _files = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Start_OfASiloWithAUsedFile_EndsWithOneSentence()
    {
        await _files.OpenAsync();
        using var host = Build(options => options.DataDirectory = _files.Directory);

        var refused = await Assert.ThrowsAsync<AgentStoreException>(() => host.StartAsync(Token));

        Assert.Equal($"The file '{_files.File}' is in use by another process; stop that process or set another DataDirectory.", refused.Message);
    }

    [Fact]
    public async Task Start_WithAFaultySetting_NamesItAndTheRemedy()
    {
        using var host = Build(options => options.GroupCommits = 0);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal("SqliteStoreOptions.GroupCommits must be 1 or more; 4,096 is the default.", refused.Message);
    }

    [Fact]
    public void Limits_OfTheSilo_AreTheStoresToo()
    {
        using var host = Build(_ => { }, services => services
            .Configure<HandledWindow>(window => window.Count = 7)
            .Configure<TopicRetention>(retention => retention.Bytes = 8));

        var options = host.Services.GetRequiredService<IOptions<SqliteStoreOptions>>().Value;

        Assert.Equal((7, 8), (options.Handled.Count, options.Topics.Bytes));
    }

    [Fact]
    public async Task Host_ThatRan_LeavesTheFileToTheNext()
    {
        var host = Build(options => options.DataDirectory = _files.Directory);
        var store = host.Services.GetRequiredService<IAgentStore>();
        Assert.Same(store, host.Services.GetRequiredService<ITopicLog>());
        var lifetime = host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single(s => s is SqliteStorageLifetime);
        await lifetime.StartingAsync(Token);
        await store.CommitAsync("pricer/eu", Storage.TestCommits.State(0, "1"), Token);
        await lifetime.StoppedAsync(Token);
        host.Dispose();

        Assert.NotNull(await (await _files.OpenAsync()).LoadAsync("pricer/eu", Token));
    }

    private static IHost Build(Action<SqliteStoreOptions> configure, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        services?.Invoke(builder.Services);
        builder.UseOrleans(silo => silo.UseLocalhostClustering().UseSqliteStorage(configure));
        return builder.Build();
    }
}
