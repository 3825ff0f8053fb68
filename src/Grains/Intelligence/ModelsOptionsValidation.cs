using Microsoft.Extensions.Options;

namespace OrleansAgents.Intelligence;

/// <summary>Finds what is wrong with the models of a silo, before it starts.</summary>
internal sealed class ModelsOptionsValidation(IEnumerable<IModelProvider> providers) : IValidateOptions<ModelsOptions>
{
    // A timer takes no more.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ModelsOptions options) =>
        FindFault(options, providers, "ModelsOptions.Models") is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;

    /// <summary>A sentence that names the setting and the remedy; null where nothing is wrong. It never holds a key.</summary>
    /// <param name="options">The models.</param>
    /// <param name="providers">Who serves models.</param>
    /// <param name="path">How the settings of models are called.</param>
    public static string? FindFault(ModelsOptions options, IEnumerable<IModelProvider> providers, string path)
    {
        if (options.Models.Count > 1 && !options.Models.ContainsKey(ModelsOptions.Default))
        {
            return $"{path} has several models and none is named {ModelsOptions.Default}, for agents that name none; name one of them so.";
        }

        var known = providers.ToDictionary(p => p.Name, StringComparer.Ordinal);
        return options.Models.Select(m => FindFault(m.Key, m.Value, known, path)).FirstOrDefault(f => f is not null);
    }

    private static string? FindFault(string name, ModelOptions model, Dictionary<string, IModelProvider> providers, string path)
    {
        var at = $"{path}:{name}";
        if (!ModelOptions.IsName(name))
        {
            return $"{path} holds a model named '{name}'; a name is a lower-case letter and then lower-case letters, digits or hyphens, such as {ModelsOptions.Default}.";
        }

        return model switch
        {
            { InputPrice: < 0 } or { OutputPrice: < 0 } => $"{at}:InputPrice and OutputPrice are prices of a million tokens and must be 0 or more; 0 is the default.",
            { MaxOutputTokens: < 1 } => $"{at}:MaxOutputTokens must be 1 or more; leave it out for what the provider allows.",
            { Retries: < 0 or > 20 } => $"{at}:Retries must be from 0 to 20; 4 is the default.",
            _ when !IsTime(model.Timeout) || !IsTime(model.FirstTokenTimeout) || !IsTime(model.TokenTimeout) =>
                $"{at}:Timeout, FirstTokenTimeout and TokenTimeout must be above zero and up to a day; 00:05:00, 00:01:00 and 00:00:30 are the defaults.",
            { Client: not null } or { Provider: OfflineChatClient.Provider } => null,
            { Provider: "" } => $"{at}:Provider is missing; give one of {List(providers)}.",
            _ when !providers.TryGetValue(model.Provider, out _) =>
                $"{at}:Provider is '{model.Provider}', which this silo does not know; give one of {List(providers)}, or register an IModelProvider of that name.",
            _ when string.IsNullOrWhiteSpace(model.Model) => $"{at}:Model is missing; give what {model.Provider} calls it.",
            _ => ServiceKey.FindFault(model.Key, model.KeyFile, model.Endpoint, at) ?? (providers[model.Provider].FindFault(model) is { } fault ? $"{at}:{fault}" : null),
        };
    }

    private static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time <= LongestTime;

    private static string List(Dictionary<string, IModelProvider> providers) =>
        string.Join(", ", providers.Keys.Append(OfflineChatClient.Provider).Order(StringComparer.Ordinal));
}
