using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Intelligence;
using OrleansAgents.Tests.Models;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>A model that a local server serves, on a clock of the test's own.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    public const string Key = "sk-very-secret";

    private readonly ModelCatalogue _catalogue;
    private readonly OpenAiModels _openAi;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    [SuppressMessage("Reliability", "CA2000", Justification = "The catalogue closes what it makes.")]
    private ServedModel(LocalModelServer server, Action<ModelOptions>? configure, bool recordPrompts)
    {
        Server = server;
        var model = new ModelOptions
        {
            Provider = OpenAiModels.ProviderName,
            Endpoint = server.OpenAi,
            Model = "local",
            Key = Key,
            FirstTokenTimeout = TimeSpan.FromHours(5),
            TokenTimeout = TimeSpan.FromHours(5),
            Timeout = TimeSpan.FromHours(10),
        };
        configure?.Invoke(model);
        var options = new ModelsOptions { RecordPrompts = recordPrompts, Models = { ["default"] = model } };
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(new FakeLoggerProvider(Log)));
        _openAi = new OpenAiModels(Time);
        _catalogue = new ModelCatalogue(_services, Options.Create(options), [_openAi, new OllamaModels(Time)], Time, loggers);
    }

    public LocalModelServer Server { get; }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogCollector Log { get; } = new();

    public IChatClient Client => _catalogue.Get();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ServedModel> StartAsync(Action<LocalModelServer, ModelOptions>? configure = null, bool recordPrompts = false)
    {
        var server = await LocalModelServer.StartAsync(Token);
        return new ServedModel(server, model => configure?.Invoke(server, model), recordPrompts);
    }

    /// <summary>What comes of a streamed call: what was received, and how it ended.</summary>
    public async Task<(string Text, ChatResponse Response, ModelException? End)> StreamAsync(
        string said = "Hello", ChatOptions? options = null, Action? onUpdate = null)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in Client.GetStreamingResponseAsync(said, options, Token))
            {
                updates.Add(update);
                onUpdate?.Invoke();
            }

            return (updates.ToChatResponse().Text, updates.ToChatResponse(), null);
        }
        catch (ModelException e)
        {
            return (string.Concat(updates.Select(u => u.Text)), updates.ToChatResponse(), e);
        }
    }

    /// <summary>Lets time pass until a call ends.</summary>
    public async Task<T> PassAsync<T>(Task<T> call, TimeSpan? step = null)
    {
        while (!call.IsCompleted)
        {
            Time.Advance(step ?? TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token));
            Token.ThrowIfCancellationRequested();
        }

        return await call;
    }

    public async ValueTask DisposeAsync()
    {
        _catalogue.Dispose();
        _openAi.Dispose();
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
