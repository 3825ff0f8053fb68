using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using OrleansAgents.Commands;

// Always UTF-8, whatever the locale says: the lines are JSON.
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

// An address or a payload may begin with '@'; it never names a file of arguments here.
var parse = AgentsCommand.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
if (parse.Action is ParseErrorAction)
{
    await parse.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
    return ExitCodes.Usage;
}

return await parse.InvokeAsync(new InvocationConfiguration
{
    Output = output,
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = TimeSpan.FromSeconds(3),
});
