using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>
/// A claim's files in a real folder. Each is opened anew for every step: opening is when NFS asks the server how a file or a folder is
/// now (close-to-open consistency, nfs(5)); what else it says, such as whether a file exists, may be half a minute old.
/// </summary>
internal sealed class ClaimFiles(string folder) : IClaimFiles
{
    private const FileShare Anyone = FileShare.ReadWrite | FileShare.Delete;

    public IReadOnlyList<int> List()
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(f => int.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(n => n > 0)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public bool TryCreate(int number, string text)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var file = File.OpenHandle(FileOf(number), FileMode.CreateNew, FileAccess.Write, Anyone);
            Write(file, number, text);
            return true;
        }
        catch (IOException exception) when (FileErrors.IsTaken(exception) || exception is DirectoryNotFoundException)
        {
            return false;
        }
    }

    public string? Read(int number)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(FileOf(number), FileMode.Open, FileAccess.Read, Anyone));
            return reader.ReadToEnd();
        }
        catch (IOException exception) when (FileErrors.IsGone(exception))
        {
            return null;
        }
    }

    public void Overwrite(int number, string text)
    {
        try
        {
            using var file = File.OpenHandle(FileOf(number), FileMode.Open, FileAccess.Write, Anyone);
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
        }
        catch (IOException exception) when (FileErrors.IsGone(exception))
        {
            // A later owner removed it.
        }
    }

    public void Delete(int number)
    {
        try
        {
            File.Delete(FileOf(number));
        }
        catch (IOException exception) when (FileErrors.IsGone(exception))
        {
        }
    }

    private void Write(SafeFileHandle file, int number, string text)
    {
        try
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
        }
        catch (IOException)
        {
            Delete(number); // On a full disk an empty file would keep everyone waiting for a lease.
            throw;
        }
    }

    private string FileOf(int number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
}
