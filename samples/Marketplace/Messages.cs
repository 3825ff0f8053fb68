using OrleansAgents.Messaging;

namespace OrleansAgents.Samples.Marketplace;

/// <summary>What a buyer would like to have, and what it would pay for it at most.</summary>
[Contract("market.wish")]
public sealed record Wish(string Purchase, string Item, decimal AtMost, string Address);

/// <summary>A buyer means to buy something. The router brings it to a broker.</summary>
[Contract("purchase.intent")]
public sealed record PurchaseIntent(string Goal, string Purchase, string Buyer, string Item, decimal AtMost, string Address) : IIntent;

/// <summary>How a purchase ended. It comes once.</summary>
[Contract("purchase.settled")]
public sealed record PurchaseSettled(string Purchase, string Buyer, string Item, string? Seller, decimal Price, string? Why);

/// <summary>Reads what a buyer's purchases came to.</summary>
[Contract("buyer.read")]
public sealed record ReadPurchases : IQuery<Purchases>;

/// <summary>A buyer's purchases: what has ended, and how many times it was told so.</summary>
public sealed record Purchases(int Bought, int Failed, int Told);

/// <summary>Sets a seller's stall up.</summary>
[Contract("seller.open")]
public sealed record OpenStall(string Item, decimal Price, decimal Least, int Stock);

/// <summary>Reads what a seller has.</summary>
[Contract("seller.read")]
public sealed record ReadStall : IQuery<Stall>;

/// <summary>A seller's stall.</summary>
public sealed record Stall(string Item, int Stock, int Sold, int Returned);

/// <summary>What a seller offers.</summary>
public sealed record PriceOffer(decimal Price);

/// <summary>Hands what was sold over to be sent.</summary>
[Contract("goods.pack")]
public sealed record PackGoods(string Purchase) : IRequest<Packed>;

/// <summary>The parcel.</summary>
public sealed record Packed(string Parcel);

/// <summary>Takes what was packed back.</summary>
[Contract("goods.return")]
public sealed record ReturnGoods(string Purchase);

/// <summary>Opens an account.</summary>
[Contract("account.open")]
public sealed record OpenAccount(string Owner, decimal Amount);

/// <summary>Moves money from one account to another.</summary>
[Contract("money.transfer")]
public sealed record TransferMoney(string Purchase, string From, string To, decimal Amount) : IRequest<Transferred>;

/// <summary>The balance left.</summary>
public sealed record Transferred(decimal Left);

/// <summary>Moves it back.</summary>
[Contract("money.refund")]
public sealed record RefundMoney(string Purchase);

/// <summary>Reads all accounts.</summary>
[Contract("account.read")]
public sealed record ReadAccounts : IQuery<Accounts>;

/// <summary>What is in all accounts together, in hundredths, and how many transfers stand.</summary>
public sealed record Accounts(long Cents, int Transfers);

/// <summary>Brings a parcel.</summary>
[Contract("parcel.deliver")]
public sealed record DeliverParcel(string Address, string Parcel = "") : IRequest<Delivered>;

/// <summary>It is there.</summary>
public sealed record Delivered(string Parcel);
