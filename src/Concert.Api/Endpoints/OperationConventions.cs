using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Api.Endpoints;

/// <summary>A family of operations that maps itself.</summary>
internal interface IEndpoints
{
    /// <summary>Adds each operation with its route, contract and filters.</summary>
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>The access that an endpoint requires, for the contract document.</summary>
internal sealed record RequiredAccess(Access Access);

/// <summary>Conventions that every operation is declared with.</summary>
internal static class OperationConventions
{
    private static readonly IdempotencyKeyFilter Key = new();

    /// <summary>Checks access, then the key, then the inputs, in this order: a caller without access learns nothing about what else is wrong.</summary>
    public static RouteHandlerBuilder Requires(this RouteHandlerBuilder route, Access access) => access == Access.Admitted
        ? throw new ArgumentException("Admission is to a concert's room: use RequiresAdmission.", nameof(access))
        : route.Guarded(access);

    private static RouteHandlerBuilder Guarded(this RouteHandlerBuilder route, Access access) => route
        .WithMetadata(new RequiredAccess(access))
        .AddEndpointFilterFactory((factory, next) =>
            new AccessFilter(factory.ApplicationServices.GetRequiredService<AccessControl>(), access, next).InvokeAsync)
        .AddEndpointFilter(Key)
        .AddEndpointFilterFactory((factory, next) =>
            Array.Exists(factory.MethodInfo.GetParameters(), p => typeof(IInput).IsAssignableFrom(p.ParameterType)) ? new InputFilter(next).InvokeAsync : next);

    /// <summary>Only who is admitted to the room of the concert that the call is about.</summary>
    public static RouteHandlerBuilder RequiresAdmission(
        this RouteHandlerBuilder route, Func<EndpointFilterInvocationContext, string?> concertOf, bool repeats = false) => route
        .Guarded(Access.Admitted)
        .AddEndpointFilterFactory((factory, next) =>
            new AdmissionFilter(factory.ApplicationServices.GetRequiredService<IQueueUseCases>(), concertOf, repeats, next).InvokeAsync);

    public static RouteHandlerBuilder WithContract(this RouteHandlerBuilder route, string name, string summary, OperationContract contract) =>
        route.WithName(name).WithSummary(summary).WithMetadata(contract);

    /// <summary>HEAD wherever there is GET (RFC 9110, 9.1): the server leaves the body out.</summary>
    public static void AnswerHead(this IEndpointConventionBuilder group) => group.Finally(static endpoint =>
    {
        for (var i = 0; i < endpoint.Metadata.Count; i++)
        {
            if (endpoint.Metadata[i] is IHttpMethodMetadata { HttpMethods: ["GET"] })
            {
                endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
            }
        }
    });
}
