using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Connection;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

/// <summary>One run of one command: its settings, its output, and its way to the silo.</summary>
internal sealed class CommandSession(Settings settings, CommandOutput output, ClusterLoss loss)
{
    public Settings Settings { get; } = settings;

    public CommandOutput Output { get; } = output;

    /// <summary>Runs a command's work and turns what may befall it into an exit code and a sentence.</summary>
    public static async Task<int> RunAsync(
        ParseResult parse, GlobalOptions global, CancellationToken cancellationToken, Func<CommandSession, CancellationToken, Task<int>> work)
    {
        Settings settings;
        try
        {
            settings = global.Read(parse);
        }
        catch (UsageException e)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCodes.Usage;
        }

        var output = new CommandOutput(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, settings.Json);
        using var loss = new ClusterLoss(TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loss.Token);
        try
        {
            var code = await work(new CommandSession(settings, output, loss), either.Token);
            return loss.Token.IsCancellationRequested ? throw settings.Target.Lost() : code;
        }
        catch (UsageException e)
        {
            output.Error(e.Message);
            return ExitCodes.Usage;
        }
        catch (NoSiloException e)
        {
            output.Error(e.Message);
            return ExitCodes.NoSilo;
        }
        catch (OperationCanceledException) when (loss.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            output.Error(settings.Target.Lost().Message);
            return ExitCodes.NoSilo;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Error("Cancelled.");
            return ExitCodes.Cancelled;
        }
        catch (Exception e)
        {
            output.Error(e.Message);
            return ExitCodes.Refused;
        }
    }

    public Task<SiloConnection> ConnectAsync(CancellationToken cancellationToken) => SiloConnection.OpenAsync(Settings, loss, cancellationToken);

    /// <summary>Reports a message that never left.</summary>
    public int Refuse(MessageId? id, Refusal refusal)
    {
        Output.Receipt(id, Outcome.Refused, refusal);
        return ExitCodes.Refused;
    }

    public int RefuseAddress(string fault) =>
        Refuse(null, ReceiptJson.Of([new Problem("/recipient", RefusalCodes.BadAddress, fault)]));

    /// <summary>Sends, and gives null after having reported that no answer came.</summary>
    public async Task<Reply?> SendAsync(SiloConnection silo, Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            return await silo.SendAsync(envelope, cancellationToken);
        }
        catch (AgentException e)
        {
            Output.Receipt(envelope.Id, Outcome.Failed, new Refusal(e.Code, e.Message));
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Output.Receipt(envelope.Id, Outcome.Failed, ReceiptText.NoAnswer(e));
            return null;
        }
    }
}
