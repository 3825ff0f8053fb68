using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansAgents.Security;

namespace OrleansAgents.Hosting;

/// <summary>Has a silo seal payloads.</summary>
public static class AgentEncryption
{
    /// <summary>
    /// Seals what agents send to the recipients of the key groups, opens what they handle, and refuses messages to those
    /// recipients that are not sealed. A client in the silo's process seals and opens likewise. Programs outside use
    /// <c>AddAgentEncryption</c>. The agents' states are not sealed.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">At start: a group or a key cannot be used. The message says which and why.</exception>
    public static ISiloBuilder UseEncryption(this ISiloBuilder silo, Action<EncryptionOptions> configure)
    {
        silo.Services.AddPayloadCipher().Configure(configure);
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IGateCheck, EncryptionCheck>());
        return silo;
    }
}
