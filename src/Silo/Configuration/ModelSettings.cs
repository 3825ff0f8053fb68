using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Models</c>. No message ever holds a key.</summary>
internal static class ModelSettings
{
    /// <summary>The section below that of the silo.</summary>
    public const string Name = "Models";

    private static readonly string[] Members =
    [
        nameof(ModelOptions.Provider), nameof(ModelOptions.Endpoint), nameof(ModelOptions.Model), nameof(ModelOptions.Key), nameof(ModelOptions.KeyFile),
        nameof(ModelOptions.InputPrice), nameof(ModelOptions.OutputPrice), nameof(ModelOptions.MaxOutputTokens), nameof(ModelOptions.Timeout),
        nameof(ModelOptions.FirstTokenTimeout), nameof(ModelOptions.TokenTimeout), nameof(ModelOptions.Retries),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static ModelsOptions Read(IConfigurationSection agents)
    {
        var models = new ModelsOptions();
        agents.ReadValue<bool>(nameof(ModelsOptions.RecordPrompts), "true or false", bool.TryParse, v => models.RecordPrompts = v);
        var section = agents.GetSection(Name);
        foreach (var model in section.GetChildren())
        {
            // Settings do not tell case, and names of models have none.
            models.Models[model.Key.ToLowerInvariant()] = ReadModel(model);
        }

        return ModelsOptionsValidation.FindFault(models, Providers, section.Path) is { } fault ? throw new SettingsException(fault) : models;
    }

    /// <summary>Has the silo serve the models of its settings.</summary>
    public static void AddModels(this ISiloBuilder silo, ModelsOptions models)
    {
        silo.Services.AddSingleton<IModelProvider, OpenAiModels>();
        silo.Services.AddSingleton<IModelProvider, OllamaModels>();
        silo.AddModels(options =>
        {
            options.RecordPrompts = models.RecordPrompts;
            foreach (var (name, model) in models.Models)
            {
                options.Models[name] = model;
            }
        });
    }

    // They only look at settings here.
    private static IModelProvider[] Providers => [new OpenAiModels(TimeProvider.System), new OllamaModels(TimeProvider.System)];

    private static ModelOptions ReadModel(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var model = new ModelOptions
        {
            Provider = section[nameof(ModelOptions.Provider)]?.ToLowerInvariant() ?? "",
            Model = section[nameof(ModelOptions.Model)] ?? "",
            Key = section[nameof(ModelOptions.Key)],
            KeyFile = section[nameof(ModelOptions.KeyFile)],
        };
        section.ReadValue<Uri>(nameof(ModelOptions.Endpoint), "an address such as https://api.openai.com/v1", SettingReader.TryReadAddress, v => model.Endpoint = v);
        section.ReadValue<decimal>(nameof(ModelOptions.InputPrice), "the price of a million tokens, such as 0.15", SettingReader.TryReadDecimal, v => model.InputPrice = v);
        section.ReadValue<decimal>(nameof(ModelOptions.OutputPrice), "the price of a million tokens, such as 0.60", SettingReader.TryReadDecimal, v => model.OutputPrice = v);
        section.ReadValue<int>(nameof(ModelOptions.MaxOutputTokens), "a whole number above zero", int.TryParse, v => model.MaxOutputTokens = v);
        section.ReadValue<TimeSpan>(nameof(ModelOptions.Timeout), "a time such as 00:05:00", SettingReader.TryReadTime, v => model.Timeout = v);
        section.ReadValue<TimeSpan>(nameof(ModelOptions.FirstTokenTimeout), "a time such as 00:01:00", SettingReader.TryReadTime, v => model.FirstTokenTimeout = v);
        section.ReadValue<TimeSpan>(nameof(ModelOptions.TokenTimeout), "a time such as 00:00:30", SettingReader.TryReadTime, v => model.TokenTimeout = v);
        section.ReadValue<int>(nameof(ModelOptions.Retries), "a whole number from 0 to 20", int.TryParse, v => model.Retries = v);
        return model;
    }
}
