namespace Concert.Simulation.Planted;

/// <summary>Mistakes that the simulation must find, each planted in the simulated ports or in what an instance's container hands to its handlers.</summary>
public enum Defect
{
    None,

    /// <summary>The store replaces a document whatever its version.</summary>
    NoETagCheck,

    /// <summary>The store writes a new document over one that is there.</summary>
    CreateOverwrites,

    /// <summary>The store keeps the first operations of a batch whose later one conflicts.</summary>
    PartialBatch,

    /// <summary>An increment sometimes starts from an old value.</summary>
    LostIncrement,

    /// <summary>Increments ignore their bounds.</summary>
    NoBounds,

    /// <summary>A handler whose request has the gate takes the seat without looking at it.</summary>
    GateTrusted,

    /// <summary>The gate of what was refused or given up opens a moment after that can be read.</summary>
    GateOpensLate,

    /// <summary>An expired hold is released without looking whether it is being paid.</summary>
    ReleaseIgnoresPaying,

    /// <summary>The release timer writes the seats itself.</summary>
    TimerWritesDirectly,

    /// <summary>A refund that runs again credits again.</summary>
    RefundNotIdempotent,

    /// <summary>The refund of a part that runs again credits again.</summary>
    PartRefundedTwice,

    /// <summary>A cancellation of some places that comes again gives back as many again.</summary>
    PartCancelledTwice,

    /// <summary>A part is refunded by the price of the whole.</summary>
    PartOverRefunded,

    /// <summary>A debit that runs again debits again.</summary>
    DebitNotIdempotent,

    /// <summary>The repair timer pays under a new payment.</summary>
    RepairPaysTwice,

    /// <summary>Records of earlier Idempotency-Keys are not found.</summary>
    IdempotencyIgnored,

    /// <summary>A send says accepted while the message is only in the instance's memory.</summary>
    AcceptedBeforeDurable,

    /// <summary>The queue forgets a message when it hands it over, not when it is done.</summary>
    CompletedBeforeHandled,

    /// <summary>Dead letters are thrown away.</summary>
    DeadLetterDropped,

    /// <summary>A hold is over for everybody the moment it ends, whatever the clocks.</summary>
    NoGrace,

    /// <summary>A repeated join takes another place in the line.</summary>
    PositionTwice,

    /// <summary>Admission takes the newest first.</summary>
    Overtaking,

    /// <summary>Two admission rounds at once each fill the room.</summary>
    AdmissionRace,

    /// <summary>A cached seat map is served whatever its version and its age.</summary>
    StaleSeatMap,

    /// <summary>A change of a section does not tell the seat map.</summary>
    MapNotTold,

    /// <summary>A seat map is kept under the version that stands when it is done, not under the one it was begun at.</summary>
    MapTooNew,

    /// <summary>A repeated send is answered as a duplicate while the first is not durable yet.</summary>
    RepeatAnsweredEarly,

    /// <summary>The waiting room shows and repeats a join that is not durable yet.</summary>
    RoomShownEarly,

    /// <summary>Ending a token ends the user's current one too.</summary>
    OtherTokenEnded,

    /// <summary>The queue token is ended when a payment is handled, whatever becomes of the payment.</summary>
    TokenEndedBeforePaid,

    /// <summary>A reservation being paid forgets its token, so that a payment which the repair timer finishes ends none.</summary>
    TokenLeftByRepair,

    /// <summary>The room lets in a token that has ended, for a repeat of its join that was on its way meanwhile.</summary>
    EndedTokenRevived,

    /// <summary>Places that came back go on counting for their user's limit: a full list is not looked through.</summary>
    LimitNotGivenBack,

    /// <summary>What counts for a user is decided on the read before and written whatever has become of it since.</summary>
    LimitOverwritten,

    /// <summary>Each section has a limit of its own.</summary>
    LimitPerSection,

    /// <summary>A timer sends again in every round what nobody has handled yet.</summary>
    TimerResendsEveryRound,

    /// <summary>A charge looks its wallet up by the user's id as the client spells it.</summary>
    WalletBySpelling,

    /// <summary>The list keeps a concert whose booking has ended.</summary>
    EndedConcertListed,

    /// <summary>An instance reads the list once.</summary>
    ListNeverReadAgain,

    /// <summary>An instance reads a schedule's sale once.</summary>
    SaleNeverReadAgain,

    /// <summary>An instance overlooks that sales are paused.</summary>
    PauseOverlooked,

    /// <summary>A hold does not see that a seat is blocked.</summary>
    BlockOverlooked,

    /// <summary>A hold that changes takes the price of the day instead of its own.</summary>
    PriceOfTheDay,

    /// <summary>The best places are chosen without a look at who is left alone.</summary>
    SingleLeftAlone,

    /// <summary>Who loses a race for the best places is told that there are none.</summary>
    BestRaceLost,

    /// <summary>Whoever looks for a reservation looks where its id says, not where it has moved on to.</summary>
    MoveNotFollowed,

    /// <summary>A request that has moved on is taken for done when its command comes again.</summary>
    MoveForgotten,

    /// <summary>A token of any line admits to every concert.</summary>
    AnyLineAdmits,

    /// <summary>Who comes before the opening takes a place in line.</summary>
    EarlyTakesAPlace,

    /// <summary>An active token that polls is put back into the line.</summary>
    ActiveSentBack,

    /// <summary>Who comes after the opening goes to the front of the line.</summary>
    LateBeforeEarly,

    /// <summary>Each instance draws lots of its own.</summary>
    LotsOfEachInstance,

    /// <summary>Lots are drawn when a token comes in, and so again after the room lost its memory.</summary>
    DrawLostOnFlush,

    /// <summary>An event is written after its change, not with it.</summary>
    EventBesideTheBatch,

    /// <summary>The relay takes an event away before it has copied it.</summary>
    EventTakenAwayFirst,

    /// <summary>A receiver gets a subject's later events before earlier ones that it did not take.</summary>
    EventsOutOfOrder,

    /// <summary>What a receiver refused counts as delivered.</summary>
    RefusedEventDropped,

    /// <summary>A check-in is written whatever has become of the reservation since it was read.</summary>
    UsedWithoutETag,

    /// <summary>A genuine ticket lets in also when its reservation was cancelled.</summary>
    CancelledAdmitted,

    /// <summary>A call-off gives back what the table says.</summary>
    CallOffByTheTable,

    /// <summary>A call-off credits the wallet, and then its saga again.</summary>
    CallOffRefundedTwice,

    /// <summary>A call-off ends holds and leaves what is paid to its users.</summary>
    CallOffLeavesPaid,

    /// <summary>A call-off looks once for what is live, and is finished without another look.</summary>
    CallOffFinishedTooEarly,

    /// <summary>A decision overlooks that the schedule is called off.</summary>
    CallOffOverlooked,

    /// <summary>A refused reserve that staff send again is taken for new.</summary>
    RefusalTakenBack,
}
