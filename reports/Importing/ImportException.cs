namespace ChaosBench.Reports.Importing;

/// <summary>A result file of another tool that does not read: the message says where, what is wrong there, and what would be right.</summary>
public sealed class ImportException(string message) : Exception(message);
