namespace OrleansAgents.Commands;

/// <summary>What the process ends with; scripts rely on the numbers.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A message was refused, failed or timed out, or contracts do not keep what they promised.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself is wrong, or names a file that cannot be used.</summary>
    public const int Usage = 2;

    public const int NoSilo = 3;

    public const int Cancelled = 130;
}
