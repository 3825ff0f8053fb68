using Microsoft.Extensions.Options;
using OrleansAgents.Agents;

namespace OrleansAgents.Audit;

/// <summary>Reads the key at start, so that a silo without it never begins a chain that nobody trusts.</summary>
internal sealed class AuditKeyValidation : IValidateOptions<AgentOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        try
        {
            _ = options.ReadAuditKey();
            return ValidateOptionsResult.Success;
        }
        catch (InvalidDataException e)
        {
            return ValidateOptionsResult.Fail($"AgentOptions.AuditKeyFile: {e.Message}");
        }
    }
}
