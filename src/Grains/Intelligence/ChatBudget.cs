using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>Sets aside what a piece of work is about to spend, at every budget that a limit is for.</summary>
internal sealed class ChatBudget(AgentHost host, ChatSetup setup, MessageId work, AgentId self, AgentId identity, string? conversation)
{
    private readonly List<(AgentId Budget, Guid Reservation, bool IsForTools)> _reserved = [];

    /// <summary>Sets something aside, under the same ids when the work is done again.</summary>
    /// <param name="estimate">How much.</param>
    /// <param name="isForTools">Whether it is for the calls of tools.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AgentRefusedException">A limit would be passed.</exception>
    /// <exception cref="AgentTimeoutException">A budget could not be reached.</exception>
    public async Task ReserveAsync(Spending estimate, bool isForTools, CancellationToken cancellationToken)
    {
        foreach (var budget in setup.Limits.CurrentValue.FindBudgets(self, conversation, identity).ToArray())
        {
            var id = Derive($"{work} {(isForTools ? "tools" : "call")} {budget}");
            var request = Envelope.Create(self, budget, new BudgetReserve(estimate)).WithId(id).With(new EnvelopeExtras { CausationId = work });
            var reply = await host.AskAsync(host.Cipher?.Seal(request) ?? request, askersDeadline: 0, cancellationToken);
            if (reply.Refusal is { } refusal)
            {
                throw new AgentRefusedException(refusal);
            }

            _reserved.Add((budget, id.Value, isForTools));
        }
    }

    /// <summary>What was set aside, and what of it is spent.</summary>
    /// <param name="call">What the call of the model took.</param>
    /// <param name="tools">How many calls of tools are made.</param>
    public IReadOnlyList<SetAside> Settle(Spending call, int tools) =>
        [.. _reserved.Select(r => new SetAside(r.Budget.ToString(), r.Reservation, r.IsForTools ? new Spending(ToolCalls: tools) : call))];

    private static MessageId Derive(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        // The version and the variant of a UUID of one's own making, RFC 9562, section 5.8.
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0F) | 0x80), (byte)((hash[8] & 0x3F) | 0x80));
        return new MessageId(new Guid(hash[..16], bigEndian: true));
    }
}
