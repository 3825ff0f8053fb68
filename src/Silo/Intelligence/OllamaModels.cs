using Microsoft.Extensions.AI;
using OllamaSharp;

namespace OrleansAgents.Intelligence;

/// <summary>Models that an Ollama serves.</summary>
internal sealed class OllamaModels(TimeProvider time) : IModelProvider
{
    public const string ProviderName = "ollama";

    private static readonly Uri Usual = new("http://127.0.0.1:11434");

    public string Name => ProviderName;

    public string? FindFault(ModelOptions model) =>
        model.Endpoint is { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") } ? $"Endpoint is {model.Endpoint}; give an address such as {Usual}." : null;

    public IChatClient Create(ModelOptions model, string? key)
    {
        var http = ModelHttp.Create(time);
        http.BaseAddress = model.Endpoint ?? Usual;
        if (key is not null)
        {
            // Ollama has none itself; what stands before it may want one.
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return new OllamaApiClient(http, model.Model);
    }
}
