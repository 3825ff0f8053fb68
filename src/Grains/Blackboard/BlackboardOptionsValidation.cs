using Microsoft.Extensions.Options;

namespace OrleansAgents.Blackboard;

/// <summary>Looks at the settings of boards when the silo starts.</summary>
internal sealed class BlackboardOptionsValidation : IValidateOptions<BlackboardOptions>
{
    public ValidateOptionsResult Validate(string? name, BlackboardOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
