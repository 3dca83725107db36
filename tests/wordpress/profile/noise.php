<?php
// A must-use plugin that does what a careless theme does, in the body's own container: it prints the
// registered post types and four random cards a request. NOISE names the shape.
//   seeds    leaked post types as paragraphs, cards in elements of their own
//   bare     the same without an element around a card
//   article  cards in <article> with a picture, leaked taxonomies, links of the same kind, a quotation
//   bald     the same cards without an excerpt
//   none     nothing
add_filter('the_content', 'harbour_noise', 99);

function harbour_card(WP_Post $post, string $shape): string
{
    $link = get_permalink($post);
    $words = preg_split('/\s+/', trim(wp_strip_all_tags(preg_replace('~</(p|li|td|th|h2)>~', ' ', $post->post_content))));
    $excerpt = implode(' ', array_slice($words, 0, 30));
    if (mt_rand(0, 2) === 0) {
        $excerpt = mb_substr($excerpt, 0, -3);
    }
    $chips = '<a href="' . home_url('/?s=guidance') . '">Guidance</a><a href="' . home_url('/?s=publications') . '">Publications</a>';
    return match ($shape) {
        'bare' => "<h4><a href=\"$link\">{$post->post_title}</a></h4><p>$chips</p><p>$excerpt...<a href=\"$link\">Read More</a></p><p>TAGS: Global</p>",
        'article', 'bald' => "<article class=\"post-{$post->ID} teaser\"><a href=\"$link\"><img src=\"/wp-includes/images/blank.gif\" alt=\"\"></a>"
            . "<h3>{$post->post_title}</h3>" . ($shape === 'bald' ? '' : "<p>{$excerpt}…</p>") . "<a class=\"more\" href=\"$link\">Read More</a></article>",
        default => "<div class=\"resource-item\"><h3><a href=\"$link\">{$post->post_title}</a></h3><div class=\"chips\">$chips</div>"
            . "<p>$excerpt...<a href=\"$link\">Read More</a></p><p class=\"tags\">TAGS: Global</p></div>",
    };
}

function harbour_noise(string $content): string
{
    $shape = getenv('NOISE') ?: 'none';
    if ($shape === 'none' || !in_the_loop() || !is_singular()) {
        return $content;
    }
    static $all = null;
    $all ??= get_posts(['numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC']);
    mt_srand(crc32($_SERVER['REQUEST_URI']));
    $others = array_values(array_filter($all, fn($post) => $post->ID !== get_the_ID()));
    $draw = function (int $count) use ($others) {
        $keys = (array) array_rand(range(0, count($others) - 1), min($count, count($others)));
        shuffle($keys);
        return array_map(fn($key) => $others[$key], $keys);
    };
    $rich = in_array($shape, ['article', 'bald'], true);
    $names = $rich ? get_taxonomies() : get_post_types();
    if (!$rich) {
        $names += ['acf-field-group', 'acf-field', 'ai1ec_event', 'exactmetrics_note'];
    }
    $leak = implode('', array_map(fn($name) => "<p>$name</p>", $names));
    $cards = implode("\n", array_map(fn($post) => harbour_card($post, $shape), $draw(4)));
    $more = '';
    if ($rich) {
        $quotes = ['“I would not have known whom to ask, and the desk knew.” A reader from the islands',
            '“They called back within the hour, every single time.” A mate of the fleet',
            '“For the first time somebody wrote down what I said.” A picker', '“We print their leaflets and hand them out at the gate.” A union',
            '“Plain words, no promises, and a name to turn to.” A teacher'];
        $more = '<div class="voices"><blockquote><p>' . $quotes[mt_rand(0, 4)] . '</p></blockquote></div><h3>You may also like</h3><ul>'
            . implode('', array_map(fn($post) => '<li><a href="' . get_permalink($post) . "\">{$post->post_title}</a></li>", $draw(3))) . '</ul>';
    }
    return $leak . $content . "\n" . $cards . $more;
}
