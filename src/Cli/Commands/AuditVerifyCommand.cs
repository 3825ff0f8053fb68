using System.CommandLine;
using OrleansAgents.Audit;
using OrleansAgents.Output;
using OrleansAgents.Sending;

namespace OrleansAgents.Commands;

/// <summary>Verifies an exported log with no silo, and so also where nobody trusts one.</summary>
internal static class AuditVerifyCommand
{
    private const int MostLineBytes = 64 * 1024;

    public static Command Create(GlobalOptions global)
    {
        var file = new Argument<string>("FILE") { Description = "What audit export wrote; - reads standard input." };
        var head = new Option<string?>("--head") { Description = "A hash that the log must hold, noted when it was the last one.", HelpName = "hash" };
        var keys = new Option<string[]>("--key-file") { Description = "A file with a key of the log; once for each key that it has had.", HelpName = "file" };
        head.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (token.Value.Length != 64 || token.Value.Any(c => !char.IsAsciiHexDigit(c))))
            {
                result.AddError($"'{token.Value}' is no hash; it has 64 hexadecimal digits.");
            }
        });
        var command = new Command("verify", "Verifies an exported log, offline: that no entry was altered, dropped or moved.") { file, head, keys };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            try
            {
                var known = (parse.GetValue(keys) ?? []).Select(AuditKey.Read).ToArray();
                return await VerifyAsync(session, parse.GetValue(file)!, new AuditChain(known, parse.GetValue(head)?.ToLowerInvariant()), cancel);
            }
            catch (InvalidDataException e)
            {
                session.Output.Error(e.Message);
                return ExitCodes.Usage;
            }
        }));
        return command;
    }

    private static async Task<int> VerifyAsync(CommandSession session, string file, AuditChain chain, CancellationToken cancellationToken)
    {
        await using (var input = Open(file))
        {
            var lines = new LineReader(input, MostLineBytes);
            // Reading a terminal or a pipe does not heed the token by itself.
            while (await lines.ReadAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) is { } line)
            {
                chain.Add(line.Bytes);
            }
        }

        chain.End();
        AuditText.Write(session.Output, chain);
        return chain.Fault is null ? ExitCodes.Success : ExitCodes.Refused;
    }

    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    private static Stream Open(string file)
    {
        try
        {
            return file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
