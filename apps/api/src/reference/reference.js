// The page is whole without this script; it adds the search and folds the contents on small screens.
const search = document.querySelector("input");
const contents = document.querySelector("nav details");
const sections = [...document.querySelectorAll("[data-find]")];
const links = new Map([...document.querySelectorAll("[data-for]")].map((link) => [link.dataset.for, link]));

search.hidden = false;
if (matchMedia("(max-width: 59.99rem)").matches) contents.open = false;

search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const section of sections) {
    const fits = words.every((word) => section.dataset.find.includes(word));
    section.hidden = !fits;
    links.get(section.id).hidden = !fits;
    if (fits) found += 1;
  }
  for (const heading of document.querySelectorAll("[data-group]")) heading.hidden = words.length > 0;
  document.querySelector("#nothing-found").hidden = found > 0;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === search) return;
  event.preventDefault();
  search.focus();
});
