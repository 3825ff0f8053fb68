namespace OrleansAgents.Configuration;

/// <summary>The host cannot start as it was told to; the message is one sentence that names the setting and the remedy.</summary>
internal sealed class SettingsException(string message) : InvalidOperationException(message);
