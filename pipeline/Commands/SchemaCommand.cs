using System.CommandLine;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"schema": the JSON Schema of recipes, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create(CliServices services)
    {
        var command = new Command("schema", "Print the JSON Schema of recipes.");
        command.SetAction(_ => services.Out.Write(RecipeSchema.Generate()));
        return command;
    }
}
