using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Xunit;

namespace OrleansAgents.Tests.Input;

/// <summary>
/// Gives every reader the whole corpus and inputs made of it. AGENTS_TEST_SEED repeats a run, AGENTS_TEST_INPUTS makes it
/// longer.
/// </summary>
public sealed class FuzzTests
{
    private const long MostBytes = 96L * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly int Seed = Read("AGENTS_TEST_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue);
    private static readonly int Inputs = Read("AGENTS_TEST_INPUTS") ?? 1500;

    private static readonly Dictionary<string, Action<byte[]>> Targets = new[] { typeof(MessageTargets), typeof(SecurityTargets), typeof(TextTargets) }
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .ToDictionary(m => m.Name, m => m.CreateDelegate<Action<byte[]>>(), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Targets.Keys.Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public void Reader_OfTheCorpus_KeepsItsPromise(string target)
    {
        foreach (var (name, bytes) in Corpus.Files)
        {
            Run(target, bytes, name);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Reader_OfInputsMadeOfTheCorpus_KeepsItsPromise(string target)
    {
        var mutator = new Mutator(Seed, target);
        for (var number = 0; number < Inputs; number++)
        {
            var (from, bytes) = mutator.Make(number);
            Run(target, bytes, string.Create(CultureInfo.InvariantCulture, $"AGENTS_TEST_SEED={Seed}, input {number}, made of {from}"));
        }
    }

    private static void Run(string target, byte[] bytes, string name)
    {
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var fault = Record.Exception(() => Targets[target](bytes));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var taken = Stopwatch.GetElapsedTime(started);
        if (fault is not null || allocated > MostBytes || taken > Longest)
        {
            Assert.Fail($"{target}, {name}: {taken.TotalMilliseconds:0} ms, {allocated} bytes\n{fault}\ninput in Base64: {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)))}");
        }
    }

    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
