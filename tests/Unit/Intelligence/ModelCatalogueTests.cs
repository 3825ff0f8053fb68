using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class ModelCatalogueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_OfNoModel_IsOffline()
    {
        using var host = Build(_ => { });
        var client = host.Services.GetRequiredKeyedService<IChatClient>("default");
        Assert.StartsWith(OfflineChatClient.Greeting, (await client.GetResponseAsync("Hi", cancellationToken: Token)).Text, StringComparison.Ordinal);
        Assert.Contains("Agents:Models:writer", Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredKeyedService<IChatClient>("writer")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_OfAName_IsThatModelsAndOneAloneIsTheDefault()
    {
        using var host = Build(silo => silo.AddModel("writer", _ => new Parrot("writer"), m => m.OutputPrice = 2));
        Assert.Equal("writer", await AskAsync(host, "writer"));
        Assert.Equal("writer", await AskAsync(host, "default"));
        Assert.Equal(2, host.Services.GetRequiredService<ModelCatalogue>().Describe().OutputPrice);
    }

    [Fact]
    public async Task Client_RegisteredUnderItsOwnKey_GoesBeforeAModel()
    {
        using var host = Build(silo =>
        {
            silo.AddModel("default", _ => new Parrot("a"));
            silo.Services.AddKeyedSingleton<IChatClient>("mine", new Parrot("mine"));
        });
        Assert.Equal(("a", "mine"), (await AskAsync(host, "default"), await AskAsync(host, "mine")));
    }

    [Fact]
    public async Task Client_ThatAUserCloses_StaysOpenForOthers()
    {
        var parrot = new Parrot("a");
        using (var host = Build(silo => silo.AddModel("default", _ => parrot)))
        {
            host.Services.GetRequiredKeyedService<IChatClient>("default").Dispose();
            Assert.Equal("a", await AskAsync(host, "default"));
            Assert.False(parrot.IsClosed);
        }

        Assert.True(parrot.IsClosed);
    }

    [Fact]
    public void Options_WithAFault_AreFoundBeforeTheStart()
    {
        using var host = Build(silo => silo.AddModels(models => models.Models["default"] = new ModelOptions { Provider = "acme", Model = "m" }));
        Assert.Contains("ModelsOptions.Models:default:Provider is 'acme'", Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<ModelsOptions>>().Value).Message, StringComparison.Ordinal);
        using var limited = Build(silo => silo.WithSpendingLimits(limits => limits.Limits["daily"] = new SpendingLimit()));
        Assert.Contains("daily limits nothing", Assert.Throws<OptionsValidationException>(() => limited.Services.GetRequiredService<IOptions<SpendingLimitsOptions>>().Value).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silo_Starting_SaysOnceWhereThereIsNoModel(bool hasModel)
    {
        var log = new FakeLogCollector();
        using var host = Build(
            silo =>
            {
                silo.UseLocalhostClustering(Redis.Ports.Next(), Redis.Ports.Next()).UseMemoryStorage();
                _ = hasModel ? silo.AddModel("default", _ => new Parrot("a")) : silo;
            },
            log);
        await host.StartAsync(Token);
        await host.StopAsync(Token);
        Assert.Equal(hasModel ? 0 : 1, log.GetSnapshot().Count(l => l.Message.StartsWith("No language model is set", StringComparison.Ordinal)));
    }

    private static IHost Build(Action<ISiloBuilder> configure, FakeLogCollector? log = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(new FakeLoggerProvider(log ?? new FakeLogCollector()));
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering().AddAgents();
            configure(silo);
        });
        return builder.Build();
    }

    private static async Task<string> AskAsync(IHost host, string name) =>
        (await host.Services.GetRequiredKeyedService<IChatClient>(name).GetResponseAsync("Hi", cancellationToken: Token)).Text;

    /// <summary>Says one thing.</summary>
    private sealed class Parrot(string word) : IChatClient
    {
        public bool IsClosed { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, word)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            new ChatResponse(new ChatMessage(ChatRole.Assistant, word)).ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() => IsClosed = true;
    }
}
