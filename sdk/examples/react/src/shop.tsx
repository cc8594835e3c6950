import { useQuotient } from "@quotientjs/react";

export function Shop() {
  const { client } = useQuotient();
  return (
    <main>
      <h1>Shop</h1>
      <button onClick={() => client?.analytics.event({ eventType: "addToCart", product: "p-7" })}>Add to cart</button>
      <button onClick={() => history.pushState(null, "", "/cart")}>Cart</button>
    </main>
  );
}
