<?php
// Prose whose source is known: a small grammar, drawn from with a seed of its own for each text. Every
// block is kept as plain text beside its markup, so that what a reader should get is known exactly.

const WHO = ['The team of the harbour', 'A shelter on the coast', 'The interpreter', 'The labour inspection', 'A crew of nine',
    'The brick kiln at the river', 'The helpline', 'A court in the hills', 'The night bus', 'The visa desk', 'A union of pickers',
    'The ministry of work', 'A teacher from the valley', 'The clinic', 'A recruiter without a licence', 'The port authority'];
const DID = ['opened a room for', 'wrote a leaflet with', 'asked for the contracts of', 'counted the hours of', 'listened to',
    'drew up a list of questions for', 'paid the fare of', 'refused to sign for', 'kept the papers of', 'found lodgings for',
    'translated the complaint of', 'lost sight of', 'trained', 'argued in public with', 'took the statement of'];
const WHOM = ['eleven welders', 'the women who sort fish', 'two brothers from the steppe', 'seasonal hands', 'the cooks of the fleet',
    'a family that had been promised other work', 'young carpenters', 'the drivers', 'domestic workers', 'six divers',
    'cleaners of the ferry', 'a girl of sixteen', 'the packers', 'men who dig wells', 'the kitchen of the hotel'];
const WHEN = ['before the first frost', 'in the week of the elections', 'after the storm', 'while the strike went on', 'on the last day of the month',
    'during Ramadan', 'between two inspections', 'at the end of the harvest', 'when the river froze', 'long after the deadline',
    'as the season began', 'in the year of the flood', 'on a Sunday', 'without telling anybody', 'against the advice of its lawyers'];
const WHY = ['because nobody else would', 'so that wages could be claimed', 'to learn what the law does not say', 'since the files were missing',
    'as the treaty asks', 'for the sake of the record', 'in the hope of a fair trial', 'although the budget was spent',
    'which the press did not report', 'and was thanked for it', 'and nobody objected', 'so the matter rests', 'until a judge decided otherwise'];
// Sentences that hold the words of machines and of buttons, and are text.
const TRAPS = ['The attachment to this revision of the protocol was never filed.', 'Every page of the post office ledger names a category.',
    'Her attachment to the village kept her from leaving.', 'The revision of the law passed without a vote, as did the custom it was to end.',
    'You can read more in the report of the commission.', 'They tagged each sack with the name of the farm: global trade began there.',
    'Continue reading aloud until the child sleeps, the leaflet said...', 'We share what we know, and we print what we can.',
    'Related articles of the penal code are 12, 14 and 19.', 'The author of the comment asked that no reply be given.'];
// What stands in many posts, and belongs to each.
const STANDING = ['All names in this note have been changed to protect those who spoke to us.',
    'This note is part of a series on work at the coast, which the desk has published since 2012 with the help of the towns.',
    'The desk answers for the content of this note; it does not speak for any government.'];
const LEGAL = 'Nothing in this note is legal advice. Whoever needs counsel may ask the desk, which refers people to lawyers of the chamber free of charge.';

function pick(array $of): string
{
    return $of[mt_rand(0, count($of) - 1)];
}

function sentence(int $n): string
{
    static $count = 0;
    $count++;
    $shape = mt_rand(0, 4);
    $first = pick(WHO) . ' ' . pick(DID) . ' ' . pick(WHOM);
    return match ($shape) {
        0 => "$first " . pick(WHEN) . '.',
        1 => ucfirst(pick(WHEN)) . ', ' . lcfirst($first) . ', ' . pick(WHY) . '.',
        2 => "$first, " . pick(WHY) . ', and case ' . ($n * 31 + $count % 97) . ' was closed ' . pick(WHEN) . '.',
        3 => 'Of ' . mt_rand(3, 90) . ' talks, ' . mt_rand(1, 3) . ' dealt with ' . pick(WHOM) . '; ' . lcfirst(pick(WHO)) . ' was named in each.',
        default => "$first " . pick(WHEN) . ' ' . pick(WHY) . '.',
    };
}

function sentences(int $n, int $count): string
{
    return implode(' ', array_map(fn() => sentence($n), range(1, $count)));
}

/** Returns blocks of one text as [markup, lines of plain text]. */
function blocks(int $n): array
{
    mt_srand($n * 7919 + 17);
    $blocks = [];
    $add = function (string $markup, array $lines) use (&$blocks) { $blocks[] = [$markup, $lines]; };
    $paragraph = fn(string $text) => $add("<p>$text</p>", [$text]);
    $dateline = $n % 3 === 0 ? 'Harbour Desk, ' . (1 + $n % 28) . ' March – ' : '';
    $paragraph($dateline . sentences($n, mt_rand(2, 4)));
    $parts = mt_rand(3, 9);
    for ($i = 0; $i < $parts; $i++) {
        $kind = mt_rand(0, 15);
        if ($kind === 0) {
            $items = array_map(fn() => ucfirst(pick(WHOM)) . ', ' . pick(WHEN), range(1, mt_rand(3, 6)));
            $add('<ul><li>' . implode('</li><li>', $items) . '</li></ul>', $items);
        } elseif ($kind === 1) {
            $text = sentence($n);
            $add("<blockquote><p>$text</p></blockquote>", [$text]);
        } elseif ($kind === 2) {
            $rows = array_map(fn() => [pick(WHOM), (string) mt_rand(2, 400)], range(1, mt_rand(3, 5)));
            $add('<table><tr><th>Group</th><th>Talks</th></tr>' . implode('', array_map(fn($r) => "<tr><td>$r[0]</td><td>$r[1]</td></tr>", $rows)) . '</table>',
                array_merge(['Group', 'Talks'], array_merge(...$rows)));
        } elseif ($kind === 3) {
            $code = "for note in notes:\n    print(note.attachment, note.revision == $n)";
            $add('<pre><code>' . $code . '</code></pre>', [$code]);
        } elseif ($kind === 4) {
            $head = ucfirst(pick(WHEN)) . ': ' . pick(WHOM);
            $add("<h2>$head</h2>", [$head]);
            $paragraph(sentences($n, 3));
        } elseif ($kind === 5) {
            $link = 'https://report.example/' . $n;
            $add("<p>Read more: <a href=\"$link\">the report of the commission for the year " . (2000 + $n % 20) . '</a></p>',
                ['Read more: the report of the commission for the year ' . (2000 + $n % 20)]);
        } elseif ($kind <= 7) {
            $paragraph(pick(TRAPS) . ' ' . sentence($n));
        } elseif ($kind === 8) {
            $paragraph(pick(TRAPS));
        } else {
            $paragraph(sentences($n, mt_rand(2, 5)));
        }
    }
    foreach (STANDING as $k => $text) {
        if (mt_rand(0, 9) < [6, 3, 1][$k]) {
            $paragraph($text);
        }
    }
    if (getenv('LEGAL')) {
        $paragraph(LEGAL);
    }
    return $blocks;
}
