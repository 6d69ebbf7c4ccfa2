// What users are asked to confirm in tests (`authorization_details`, RFC 9396).

/** A withdrawal. */
export const WITHDRAWAL = {
  type: "withdrawal",
  amount: "1500.00",
  currency: "USD",
  destination: { name: "Alice Example", account: "US12 3456 7890" },
  account_id: "U1000001",
  reference: "rent",
};

/** A payment by card. */
export const CARD_PAYMENT = {
  type: "card_payment",
  amount: "19.90",
  currency: "USD",
  merchant: "Corner Shop",
  card_id: "C1000001",
};

/** As the parameter has it. */
export const details = (...operations) => JSON.stringify(operations);
