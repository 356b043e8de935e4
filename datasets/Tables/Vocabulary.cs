using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>Different words, numbered in the order in which they came, and how often each did. Looking one up makes no string.</summary>
/// <param name="capacity">Words beyond this many are not taken in.</param>
internal sealed class Vocabulary(int capacity)
{
    /// <summary>Longer words are not taken in: they are texts, and would fill the memory.</summary>
    public const int MaxWordBytes = 1000;

    private readonly Dictionary<byte[], int> _numbers = new(Utf8Comparer.Instance);
    private readonly List<byte[]> _words = [];
    private readonly List<long> _counts = [];

    public int Count => _words.Count;

    /// <summary>True when a word was not taken in.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>True when one was too long.</summary>
    public bool HasText { get; private set; }

    public string this[int number] => Encoding.UTF8.GetString(_words[number]);

    public IReadOnlyList<long> Counts => _counts;

    /// <summary>The word's number, from 0; -1 where it is unknown.</summary>
    public int Find(ReadOnlySpan<byte> word) => _numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(word, out var number) ? number : -1;

    /// <summary>Counts a word, which is taken in when it is new; its number, or -1 when there is no room.</summary>
    public int Add(ReadOnlySpan<byte> word)
    {
        var number = Find(word);
        if (number >= 0)
        {
            _counts[number]++;
            return number;
        }
        if (Count >= capacity || word.Length > MaxWordBytes)
        {
            Overflowed = true;
            HasText |= word.Length > MaxWordBytes;
            return -1;
        }
        var copy = word.ToArray();
        _numbers.Add(copy, Count);
        _words.Add(copy);
        _counts.Add(1);
        return Count - 1;
    }

    /// <summary>The numbers of all words in the order of codes: by value when all are numbers, else by UTF-16 code units.</summary>
    public int[] Ordered(IEnumerable<int>? numbers = null)
    {
        var words = (numbers ?? Enumerable.Range(0, Count)).Select(number => (Number: number, Word: this[number])).ToArray();
        var byValue = words.All(w => TryValue(w.Word, out _));
        return [.. words.OrderBy(w => byValue && TryValue(w.Word, out var value) ? value : 0).ThenBy(w => w.Word, StringComparer.Ordinal).Select(w => w.Number)];
    }

    /// <summary>The numbers of the <paramref name="count"/> most frequent words; of those as frequent, the ones first in order.</summary>
    public IEnumerable<int> MostFrequent(int count) => Ordered().OrderByDescending(number => _counts[number]).Take(count);

    private static bool TryValue(string word, out double value) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>Looks up bytes wherever they lie.</summary>
    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Utf8Comparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = (ulong)alternate.Length;
            while (alternate.Length >= sizeof(ulong))
            {
                hash = Mix(hash ^ MemoryMarshal.Read<ulong>(alternate));
                alternate = alternate[sizeof(ulong)..];
            }
            ulong last = 0;
            foreach (var b in alternate) last = (last << 8) | b;
            return (int)(Mix(hash ^ last) >> 32);
        }

        /// <summary>A multiplication by an odd number spreads every bit upwards, the shift brings them down.</summary>
        private static ulong Mix(ulong hash)
        {
            hash *= 0x9E3779B97F4A7C15;
            return hash ^ (hash >> 29);
        }
    }
}
