using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansAgents.Agents;

/// <summary>
/// Checks at the silo's start what hosted classes say of themselves: an object of each is made as for an agent, asked, and
/// thrown away. What only an agent can say, by its address, is checked when it is activated.
/// </summary>
internal sealed partial class AgentClassCheck(
    IServiceProvider services, IEnumerable<AgentRegistration> registered, IOptions<AgentOptions> options, ILogger<AgentClassCheck> logger) : IConfigurationValidator
{
    /// <exception cref="OrleansConfigurationException">A class is faulty; the message names it, the member and the remedy.</exception>
    public void ValidateConfiguration()
    {
        foreach (var agentClass in AgentRegistration.FindHosted(registered, options.Value.Labels))
        {
            if (typeof(ICheckedAgent).IsAssignableFrom(agentClass) && FindFault(agentClass) is { } fault)
            {
                throw new OrleansConfigurationException($"{agentClass}.{fault}");
            }
        }
    }

    private string? FindFault(Type agentClass)
    {
        var scope = services.CreateAsyncScope();
        try
        {
            var agent = (ICheckedAgent)ActivatorUtilities.CreateInstance(scope.ServiceProvider, agentClass);
            using (agent as IDisposable)
            {
                return agent.FindFault(scope.ServiceProvider);
            }
        }
        catch (Exception e)
        {
            // Its constructor or its options may need what only an agent has.
            LogUnchecked(logger, agentClass, e);
            return null;
        }
        finally
        {
            // Nothing of the start waits for what is taken apart again.
            _ = scope.DisposeAsync().AsTask();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{AgentClass} cannot be checked at start; each of its agents is checked when it is activated")]
    private static partial void LogUnchecked(ILogger logger, Type agentClass, Exception exception);
}
