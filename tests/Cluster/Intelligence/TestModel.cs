using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>
/// A model that does what it is told: a line of the last user's message says what goes wrong. Otherwise it answers as the
/// offline model does.
/// </summary>
internal sealed partial class TestModel : IChatClient
{
    private readonly OfflineChatClient _offline = new();
    private readonly ConcurrentQueue<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> _calls = new();

    /// <summary>What it was called with, in order.</summary>
    public IReadOnlyList<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Calls => [.. _calls];

    /// <summary>What lets an answer go on that stalls, by the word behind <c>stall</c>.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers that stalled, by the same word.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Stalled { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers that were told to stop, by the same word.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource> Stopped { get; } = new(StringComparer.Ordinal);

    public static TaskCompletionSource Signal(ConcurrentDictionary<string, TaskCompletionSource> signals, string word) =>
        signals.GetOrAdd(word, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A chat agent streams.");

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = messages.ToArray();
        _calls.Enqueue((asked, options));
        var since = asked.Reverse().TakeWhile(m => m.Role != ChatRole.User || m.Text.StartsWith("Your answer does not keep", StringComparison.Ordinal)).ToArray();
        var said = asked.SkipLast(since.Length).LastOrDefault()?.Text ?? "";
        // Counts the answers so far to what was said.
        var round = since.Count(m => m.Role == ChatRole.Assistant) + 1;
        if (Fail().Match(said) is { Success: true } fail)
        {
            throw new ModelException(fail.Groups["what"].Value, "It failed, as it was told.");
        }

        if (Usage().Match(said) is { Success: true } usage)
        {
            yield return new(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = Number(usage, "input"), OutputTokenCount = Number(usage, "output") })]);
        }

        if (said.StartsWith("babble", StringComparison.Ordinal))
        {
            yield return new(ChatRole.Assistant, "Let me ");
            throw new ArgumentNullException(nameof(messages), "What a client throws where an answer is odd.");
        }

        if (Stall().Match(said) is { Success: true } stall && Number(stall, "often") == round)
        {
            yield return new(ChatRole.Assistant, "Let me ");
            await StallAsync(stall.Groups["what"].Value, cancellationToken);
            yield return new(ChatRole.Assistant, "see.");
            yield break;
        }

        if (Wrong().Match(said) is { Success: true } wrong && round <= Number(wrong, "often"))
        {
            yield return Wish(wrong.Groups["what"].Value, round);
        }
        else if (Form().Match(said) is { Success: true } form && options?.ResponseFormat is ChatResponseFormatJson)
        {
            yield return new(ChatRole.Assistant, round <= Number(form, "often") ? """{"city":5}""" : """{"city":"Ulm","days":2}""");
        }
        else
        {
            await foreach (var update in _offline.GetStreamingResponseAsync(asked, options, cancellationToken))
            {
                yield return update;
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => _offline.Dispose();

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static ChatResponseUpdate Wish(string what, int round) => new(ChatRole.Assistant, [what switch
    {
        "tool" => new FunctionCallContent("c" + round, "nothing", new Dictionary<string, object?>(StringComparer.Ordinal)),
        "json" => new FunctionCallContent("c" + round, "Weather", null) { Exception = new FormatException("no JSON") },
        "payload" => new FunctionCallContent("c" + round, "abacus__abacus_up", new Dictionary<string, object?>(StringComparer.Ordinal) { ["by"] = "many" }),
        "arguments" => new FunctionCallContent("c" + round, "Weather", new Dictionary<string, object?>(StringComparer.Ordinal)),
        _ => new FunctionCallContent("", "Weather", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "Ulm" }),
    }]);

    private async Task StallAsync(string word, CancellationToken cancellationToken)
    {
        Signal(Stalled, word).TrySetResult();
        try
        {
            await Signal(Gates, word).Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Signal(Stopped, word).TrySetResult();
            throw;
        }
    }

    [GeneratedRegex("^fail (?<what>[a-z.-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Fail();

    [GeneratedRegex("^usage (?<input>-?[0-9]+) (?<output>-?[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Usage();

    [GeneratedRegex("^stall (?<what>[a-z]+) in (?<often>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stall();

    [GeneratedRegex("^wrong (?<what>[a-z]+) (?<often>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Wrong();

    [GeneratedRegex("^form (?<often>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();
}
