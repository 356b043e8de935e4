using System.CommandLine;
using System.Globalization;

namespace OnnxPipeline.Benchmarks.Load;

/// <summary>The load client as a process of its own: it says "ready", then answers each line "run N" with the <see cref="LoadReport"/> of N requests.</summary>
internal static class LoadCommand
{
    private const string Name = "load";
    private const int WarmUpImages = 60_000;

    public static Command Create()
    {
        var address = new Argument<Uri>("ADDRESS") { Description = "The server.", CustomParser = result => new Uri(result.Tokens[0].Value) };
        var connections = new Argument<int>("CONNECTIONS") { Description = "How many to keep busy." };
        var images = new Argument<int>("IMAGES") { Description = "In a request." };
        var command = new Command(Name, "Sends requests to a server; the benchmark 'serve' starts it.") { address, connections, images };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            using var client = new LoadClient(arguments.GetRequiredValue(address), arguments.GetRequiredValue(connections), arguments.GetRequiredValue(images));
            client.Run(WarmUpImages / arguments.GetRequiredValue(images));
            Console.WriteLine("ready");
            while (Console.ReadLine() is { } line) Console.WriteLine(client.Run(int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)));
        });
        return command;
    }

    /// <summary>The command line that starts it.</summary>
    public static string[] Program(Uri address, int connections, int images) =>
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "OnnxPipeline.Benchmarks.dll"), Name, address.ToString(), connections.ToString(CultureInfo.InvariantCulture), images.ToString(CultureInfo.InvariantCulture)];
}
