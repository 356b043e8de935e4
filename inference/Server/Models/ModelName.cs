namespace OnnxPipeline.Inference.Server.Models;

/// <summary>Names that can stand in addresses, and that name no folder but one right in the repository.</summary>
internal static class ModelName
{
    public const string Rule = "letters, digits, '-', '_' and '.', not '.' at its head";

    public static bool IsValid(string name) => name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
