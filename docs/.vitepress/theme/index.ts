import { useData } from "vitepress";
import theme from "vitepress/theme-without-fonts";
import { defineComponent, h, onMounted, watch } from "vue";
import "./style.css";

/** The default layout. Its first page has no main landmark, by which screen readers find the content. */
const Layout = defineComponent(() => {
  const { frontmatter } = useData();
  const mark = (): void => {
    const content = document.getElementById("VPContent");
    if (frontmatter.value["layout"] === "home") content?.setAttribute("role", "main");
    else content?.removeAttribute("role");
  };
  onMounted(mark);
  watch(frontmatter, mark, { flush: "post" });
  return () => h(theme.Layout);
});

export default { ...theme, Layout };
