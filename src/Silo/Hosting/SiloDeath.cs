using Orleans.Runtime;

namespace OrleansAgents.Hosting;

/// <summary>
/// Ends the process when the runtime finds that it cannot go on, which is when the other silos took this one for dead.
/// At once and with no drain: its agents run elsewhere by now. Orleans' own way is a crash with a page of stacks.
/// </summary>
internal sealed class SiloDeath : IFatalErrorHandler
{
    private const int ExitCode = 3;

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        // The log would come too late: its lines wait in a queue.
        Console.Error.WriteLine(Describe(context, exception));
        Environment.Exit(ExitCode);
    }

    private static string Describe(string? context, Exception? exception) => string.Create(
        null,
        $"The other silos took this one for dead, as they do after a long pause or a cut in its network, or the silo cannot go on for another reason; start it again, as a supervisor does. The runtime says: {context} {exception?.Message}").ReplaceLineEndings(" ").TrimEnd();
}
