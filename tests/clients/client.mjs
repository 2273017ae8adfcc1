// Drives one published Akismet client, unmodified, through the same steps, and prints what it made of each answer.
// Usage: node client.mjs CLIENT '{"address", "key", "blog", "welcome", "unwelcome"}'
import process from "node:process";

const WRONG_KEY = "000000000000";
const AUTHOR = { name: "Ann", email: "ann@example.org", ip: "::ffff:192.0.2.7", agent: "Mozilla/5.0" };
const [client, given] = process.argv.slice(2);
const { address, key, blog, welcome, unwelcome } = JSON.parse(given);
const permalink = `${blog}/post/1`;

// What a step came to: a value, or the words of the error that the client threw.
const outcome = async step => {
	try { return (await step()) ?? "done"; }
	catch (error) { return `error: ${error.message}`; }
};

const clients = {
	// Base URL as a setting; throws on debug-help and alert headers, takes every body but `false` for spam.
	async cedx() {
		const { Author, Blog, CheckResult, Client, Comment } = await import("@cedx/akismet");
		class Discardable extends Comment {
			toJSON() { return { ...super.toJSON(), test_discard: "1" }; }
		}
		const open = (apiKey, options = {}) => new Client(apiKey, new Blog({ url: blog, charset: "UTF-8", languages: ["en"] }), { baseUrl: address, ...options });
		const author = new Author({ name: AUTHOR.name, email: AUTHOR.email, ipAddress: AUTHOR.ip, userAgent: AUTHOR.agent });
		const say = (content, Kind = Comment) => new Kind({ author, content, context: ["soup", "recipes"], date: new Date(), permalink, type: "comment" });
		const words = Object.fromEntries(Object.entries(CheckResult).map(([name, value]) => [value, name]));
		const check = async (opened, comment) => words[await opened.checkComment(comment)];
		const good = open(key), wrong = open(WRONG_KEY), testing = open(key, { isTest: true });
		return {
			verified: () => good.verifyKey(),
			rejected: () => wrong.verifyKey(),
			ham: () => check(good, say(welcome)),
			spam: () => check(good, say(unwelcome)),
			testedSpam: () => check(testing, say(unwelcome)),
			discard: () => check(testing, say(unwelcome, Discardable)),
			wrongKey: () => check(wrong, say(welcome)),
			submitHam: () => good.submitHam(say(unwelcome)),
			corrected: () => check(good, say(unwelcome)),
			submitSpam: () => good.submitSpam(say(welcome)),
			correctedBack: () => check(good, say(welcome)),
			wrongSubmit: () => wrong.submitSpam(say(welcome)),
		};
	},

	// Key as the first label of the host name; a user name in the host makes it the user of HTTP Basic.
	async "akismet-api"() {
		const { AkismetClient } = await import("akismet-api");
		const open = opened => new AkismetClient({ key: opened, blog, host: `x@${new URL(address).host}`, protocol: "http" });
		const say = content => ({ ip: AUTHOR.ip, useragent: AUTHOR.agent, name: AUTHOR.name, email: AUTHOR.email, content, permalink, type: "comment" });
		const good = open(key), wrong = open(WRONG_KEY);
		return {
			verified: () => good.verifyKey(),
			rejected: () => wrong.verifyKey(),
			ham: () => good.checkSpam(say(welcome)),
			spam: () => good.checkSpam(say(unwelcome)),
			honeypot: () => good.checkSpam({ ...say("Hello there"), honeypot: "filled" }),
			noAddress: () => good.checkSpam({ ...say(welcome), ip: undefined }),
			wrongKey: () => wrong.checkSpam(say(welcome)),
			submitHam: async () => (await good.submitHam(say(unwelcome))).text,
			corrected: () => good.checkSpam(say(unwelcome)),
			submitSpam: async () => (await good.submitSpam(say(welcome))).text,
			correctedBack: () => good.checkSpam(say(welcome)),
		};
	},

	// Plain HTTP through `http_proxy` and the key as the first label of the host name: what Waline and Staticman use.
	async akismet() {
		const { default: { client: connect } } = await import("akismet");
		const open = apiKey => connect({ apiKey, blog });
		const say = content => ({ user_ip: AUTHOR.ip, comment_author: AUTHOR.name, comment_author_email: AUTHOR.email, comment_content: content, permalink });
		const ask = (opened, verb, ...options) => new Promise((resolve, reject) => {
			opened[verb](...options, (error, answer) => error ? reject(error) : resolve(answer));
		});
		const good = open(key), wrong = open(WRONG_KEY);
		return {
			verified: () => ask(good, "verifyKey"),
			rejected: () => ask(wrong, "verifyKey"),
			ham: () => ask(good, "checkComment", say(welcome)),
			spam: () => ask(good, "checkComment", say(unwelcome)),
			wrongKey: () => ask(wrong, "checkComment", say(unwelcome)),
			submitHam: () => ask(good, "submitHam", say(unwelcome)),
			corrected: () => ask(good, "checkComment", say(unwelcome)),
			submitSpam: () => ask(good, "submitSpam", say(welcome)),
			correctedBack: () => ask(good, "checkComment", say(welcome)),
		};
	},
};

const results = {};
for (const [name, step] of Object.entries(await clients[client]())) results[name] = await outcome(step);
console.log(JSON.stringify(results));
