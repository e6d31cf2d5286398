using System.Diagnostics.CodeAnalysis;
using Concert.Api.Responses;

namespace Concert.Api.Requests;

/// <summary>Something a client sent, checked; or what was wrong with it.</summary>
public readonly struct Input<T>
{
    private readonly T? _value;

    private Input(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    public Problem? Problem { get; }

    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Detail);

    public bool IsRefused([NotNullWhen(true)] out Problem? problem) => (problem = Problem) is not null;

    public static implicit operator Input<T>(T value) => new(value, null);

    public static implicit operator Input<T>(Problem problem) => new(default, problem);
}
