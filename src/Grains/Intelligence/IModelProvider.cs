using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>Makes clients for the models of one provider. Register one as a singleton service for a provider of your own.</summary>
public interface IModelProvider
{
    /// <summary>The name in <see cref="ModelOptions.Provider"/>.</summary>
    string Name { get; }

    /// <summary>What is wrong with the settings of a model, beginning with the setting's name and with the remedy; null for nothing. Never a key.</summary>
    string? FindFault(ModelOptions model);

    /// <summary>
    /// Makes a client. It should repeat nothing and limit no time by itself, which the platform does around it, and throw
    /// <see cref="ModelException"/> for what it knows of a failure.
    /// </summary>
    /// <param name="model">The model's settings, which were found to be right.</param>
    /// <param name="key">The key to show; null for none.</param>
    IChatClient Create(ModelOptions model, string? key);
}
