using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace OrleansAgents.Intelligence;

/// <summary>Models of OpenAI, and of all that speak its chat completions: most servers of open models do.</summary>
internal sealed class OpenAiModels(TimeProvider time) : IModelProvider, IDisposable
{
    public const string ProviderName = "openai";

    // What servers without keys are shown, because the library wants one.
    private const string NoKey = "none";

    // Not before it is needed: settings are checked by providers that call nobody.
    private readonly Lazy<HttpClient> _http = new(() => ModelHttp.Create(time));

    public string Name => ProviderName;

    public string? FindFault(ModelOptions model) =>
        model.Endpoint is { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") } ? $"Endpoint is {model.Endpoint}; give an address such as https://api.openai.com/v1."
        : model is { Endpoint: null, Key: null, KeyFile: null } ? "KeyFile is missing; give a file with the key, or the key itself as Key from the environment."
        : null;

    public IChatClient Create(ModelOptions model, string? key)
    {
        var options = new OpenAIClientOptions
        {
            Transport = new HttpClientPipelineTransport(_http.Value),
            // Both are the platform's.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        if (model.Endpoint is { } endpoint)
        {
            options.Endpoint = endpoint;
        }

        return new WholeAnswers(new ChatClient(model.Model, new ApiKeyCredential(key ?? NoKey), options).AsIChatClient());
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }
}
