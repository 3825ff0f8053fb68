using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OrleansAgents.Security;

/// <summary>Registers the cipher, for clients and silos alike.</summary>
internal static class EncryptionServices
{
    public static IServiceCollection AddPayloadCipher(this IServiceCollection services)
    {
        services.AddOptions<EncryptionOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EncryptionOptions>, EncryptionOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PayloadCipher>();
        return services;
    }
}

/// <summary>Says at start what is wrong with groups and keys.</summary>
internal sealed class EncryptionOptionsValidation : IValidateOptions<EncryptionOptions>
{
    public ValidateOptionsResult Validate(string? name, EncryptionOptions options) =>
        FindFault(options) is { } fault ? ValidateOptionsResult.Fail($"EncryptionOptions: {fault}") : ValidateOptionsResult.Success;

    public static string? FindFault(EncryptionOptions options)
    {
        try
        {
            PayloadKeys.Create(options);
            return null;
        }
        catch (SecretKeyException e)
        {
            return e.Message;
        }
    }
}
